variable "a" {}
locals {
  b = upper(var.a)
  c = parseint(var.a, 10)
  d = jsondecode(var.a).x.y
}
