locals {
  a = [
  1]
  b = {
  c = 2 }
  dd = foo(
  3)
}
