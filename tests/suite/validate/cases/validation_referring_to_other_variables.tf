variable "a" {
  type = number
  validation {
    condition     = var.a < var.b && local.max > var.a
    error_message = "Must be less than ${var.b}."
  }
}
variable "b" {
  type = number
}
locals {
  max = 10
}
