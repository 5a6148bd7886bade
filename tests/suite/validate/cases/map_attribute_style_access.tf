variable "m" {
  type = map(string)
}
locals {
  a = var.m.key
  b = var.m["key"]
  c = var.m.key.deeper
}
