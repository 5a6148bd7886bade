locals {
  a = upper(["a"])
  b = length(5)
}
