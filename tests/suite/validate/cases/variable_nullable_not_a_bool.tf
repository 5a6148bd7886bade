variable "a" {
  nullable = 5
}
