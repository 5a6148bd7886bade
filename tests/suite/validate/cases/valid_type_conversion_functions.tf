locals {
  a = tolist(["a", 1])
  b = tomap({ a = 1, b = "x" })
  c = toset([1, 1])
  d = tonumber("1.5")
  e = tobool("true")
  f = tostring(5)
}
