locals {
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" # one
  a = 1 # two
}
