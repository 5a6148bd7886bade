locals {
  a = var.x ? 1 : var.y ? 2 : 3
  bbb = (var.x ?
    1 : 2)
  cc = 4
}
