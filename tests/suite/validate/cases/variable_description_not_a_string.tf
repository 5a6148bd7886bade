variable "a" {
  description = ["x"]
}
