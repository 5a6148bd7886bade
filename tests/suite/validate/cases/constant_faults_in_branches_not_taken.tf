locals {
  a = true ? 1 : tonumber("x")
  b = false && tobool("x")
  c = [for x in [] : tonumber("x")]
  d = try(tonumber("x"), 1)
}
