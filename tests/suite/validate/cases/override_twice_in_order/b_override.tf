variable "a" {
  default = ["x"]
}
