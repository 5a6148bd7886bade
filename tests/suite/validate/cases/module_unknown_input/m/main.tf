variable "abc" {
  default = 1
}
