variable "a" {
  type = tuple(string)
}
