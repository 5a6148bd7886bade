variable "s" {
  type = string
}
locals {
  a = var.s[0]
  b = var.s.length
}
