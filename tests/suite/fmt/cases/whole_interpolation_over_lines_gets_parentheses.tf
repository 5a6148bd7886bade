locals {
  a = "${
    var.x
  }"
  b = "${
    var.x ?
    1 :
    2
  }"
  c = "${foo(
    1
  )}"
  d = "${(
    1
  )}"
}
