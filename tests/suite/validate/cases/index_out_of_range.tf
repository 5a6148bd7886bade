locals {
  a = [1, 2][5]
  b = { a = 1 }["b"]
  c = { a = 1 }.b
}
