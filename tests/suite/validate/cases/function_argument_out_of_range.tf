locals {
  a = parseint("z", 10)
  b = cidrhost("x", 1)
  c = formatdate("YYYY", "x")
  d = element([], 0)
  e = jsondecode("{")
  f = regex("(", "a")
}
