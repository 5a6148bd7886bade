variable "a" {
  type    = number
  default = "12"
}
variable "b" {
  type    = list(string)
  default = [1, true]
}
variable "c" {
  type    = map(number)
  default = { a = "1" }
}
variable "d" {
  type    = set(string)
  default = ["a", "a"]
}
