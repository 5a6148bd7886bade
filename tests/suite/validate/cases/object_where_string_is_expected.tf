variable "o" {
  type = object({ a = string })
}
locals {
  a = upper(var.o)
  b = "x${var.o}"
  c = var.o == "x"
  d = var.o ? 1 : 2
}
