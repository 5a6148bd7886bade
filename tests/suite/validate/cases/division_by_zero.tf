locals {
  a = 1 / 0
  b = 1 % 0
}
