locals {
  a = "${var.x}" # comment
  b = "${/* in */ var.x}"
  c = "${var.x /* in */}" // c
}
