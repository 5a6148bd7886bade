variable "a" {
  type    = string
  default = "x"
}
locals {
  b = tonumber(var.a)
  c = parseint(var.a, 10)
  d = var.a == "x" ? 1 : tonumber("y")
}
