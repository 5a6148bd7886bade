locals {
  a = "x${var.x}"
  b = "${var.x}x"
  c = "${var.x}${var.y}"
  d = "${var.x} "
  e = "${~ var.x ~}"
  f = "${var.x ~}"
  g = " ${var.x}"
  h = "$${var.x}"
}
