variable "s" { type = string }
variable "l" { type = list(string) }
variable "o" { type = object({ a = string }) }
locals {
  a = var.s + 1
  b = var.l + 1
  c = var.o.b
  d = var.l.x
  e = var.l[0].y
  f = var.o.a.b
}
