terraform {
  required_version = "< 1.0"
}
variable "a" {
  nope = 1
}
locals {
  x = var.missing
}
