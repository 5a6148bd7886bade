locals {
  b = var.a
}
