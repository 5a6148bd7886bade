variable "a" {
  type    = tuple([string, number])
  default = ["a"]
}
