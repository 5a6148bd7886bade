variable "n" {
  type = number
}
locals {
  a = join(",", var.n)
  b = [for x in var.n : x]
  c = var.n[*]
  d = concat([1], var.n)
  e = merge({}, var.n)
}
