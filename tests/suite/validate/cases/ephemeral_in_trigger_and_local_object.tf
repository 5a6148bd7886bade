variable "s" {
  type      = string
  ephemeral = true
}
locals {
  o = { a = 1, b = var.s }
}
resource "terraform_data" "a" {
  triggers_replace = local.o.a
}
resource "terraform_data" "b" {
  triggers_replace = local.o
}
