variable "a" {
  default = var.b
}
variable "b" {}
