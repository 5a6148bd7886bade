locals {
  a = 1 # one
  bbb = 22222
  c = "x" # three
  dddddddddd = 1 # four
}
