locals {
  a = 1
  # between
  bbbbbb = 2
  c = 3
}
