locals {
  a = regex("(?P<x>a)", "a").y
  b = jsondecode("{\"a\": 1}").b
  c = csvdecode("a\n1")[0].z
  d = { for x in ["a"] : x => 1 }.q
}
