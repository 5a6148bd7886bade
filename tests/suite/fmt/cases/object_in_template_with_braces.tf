locals {
  a = "${ { a = 1 }.a }"
  b = "x${ { a = 1 } }"
  c = "x${{a=1}["a"]}y"
}
