locals {
  a = ["${var.x}"]
  b = { c = "${var.x}" }
  d = foo("${var.x}")
  e = ("${var.x}")
  f = true ? "${var.x}" : "${var.y}"
}
