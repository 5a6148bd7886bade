locals {
  a = 1e10
  b = 1.50
  c = 0x10
}
