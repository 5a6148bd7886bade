variable "s" {
  type = set(string)
}
locals {
  a = var.s[0]
}
