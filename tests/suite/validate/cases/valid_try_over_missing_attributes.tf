variable "v" {
  type = object({ a = string })
}
locals {
  b = try(var.v.b, "none")
  c = can(var.v.c)
}
