locals {
  a = "x ${
  var.x
  } y"
  b = "x ${foo(
      1,
      2
  )}"
  c = 1
}
