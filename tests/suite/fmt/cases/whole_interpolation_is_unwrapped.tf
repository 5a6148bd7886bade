locals {
  a = "${var.x}"
  b = "${ var.x }"
  c = "${foo("x")}"
  d = "${foo("${bar}")}"
  e = "${1}"
  f = "${a ? b : c}"
  g = "${"x"}"
  h = "${{ a = 1 }}"
  i = "${[1]}"
}
