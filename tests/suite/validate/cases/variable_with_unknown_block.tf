variable "a" {
  validate {
  }
}
