variable "a" {
  type = list()
}
