variable "a" { type = string }
variable "b" { type = number }
variable "c" { type = bool }
variable "d" { type = any }
variable "e" { type = list(string) }
variable "f" { type = set(number) }
variable "g" { type = map(any) }
variable "h" { type = object({ a = string, b = list(object({ c = number })) }) }
variable "i" { type = tuple([string, any]) }
variable "j" { type = object({}) }
variable "k" { type = tuple([]) }
variable "l" { type = list }
variable "m" { type = map }
