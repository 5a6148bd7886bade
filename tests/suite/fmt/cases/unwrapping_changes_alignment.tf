locals {
  aaaa = "${var.x}" # one
  b = "x${var.x}" # two
}
