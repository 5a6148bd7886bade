variable "a" {
  type = lst(string)
}
variable "b" {
  type = nubmer
}
