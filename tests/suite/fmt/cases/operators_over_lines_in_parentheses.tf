locals {
  a = (1+
  2
  +3
     -4)
  b = foo(1
  +2,
  -3)
}
