locals {
  a = b [0]
  c = b[ 0 ]
  d = b[ "x" ] [ 1 ]
  e = b . c
  f = b.c [0] . d
  g = b . 0 . c
  h = foo(1) [0]
  i = [1,2] [0]
  j = {a=1} ["a"]
  k = (a) [0]
  l = "x" [0]
}
