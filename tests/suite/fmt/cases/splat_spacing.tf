locals {
  a = b[*].c
  b = b [ * ] . c
  c = b.*.c
  d = b . * . c
  e = b[*]
  f = b[*][0].c
  g = b.*.c[0]
  h = foo(b[*].c ...)
  i = [1,2] [*]
}
