variable "a" {
  type = number
}
variable "b" {
  type = string
}
variable "c" {
  type = object({ e = string })
}
