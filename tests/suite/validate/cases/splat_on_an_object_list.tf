variable "l" {
  type = list(object({ a = string }))
}
locals {
  a = var.l[*].a
  b = var.l[*].b
}
