locals {
  a = "${var.one}${local.two}${upper()}"
  b = [var.three, var.four]
}
