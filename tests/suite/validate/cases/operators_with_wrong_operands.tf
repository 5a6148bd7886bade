locals {
  a = 1 + "a"
  b = !5
  c = [] && true
  d = 1 < "x"
}
