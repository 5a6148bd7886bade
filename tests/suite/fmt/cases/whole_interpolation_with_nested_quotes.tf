locals {
  a = "${"${var.x}"}"
  b = "${"x${var.x}"}"
  c = "${lookup(var.m, "k", "${var.d}")}"
  d = "${"a" == "b" ? "c" : "d"}"
}
