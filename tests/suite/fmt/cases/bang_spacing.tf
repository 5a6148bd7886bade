locals {
  a = !true
  b = ! true
  c = ! ! true
  d = a && ! b
  e = !(a)
  f = ! foo(1)
  g = [! a, !b]
  h = "${! a}"
}
