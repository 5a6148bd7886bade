locals {
  a = list("a")
  b = map("a", "b")
}
