variable "a" {
  nope = 1
}
