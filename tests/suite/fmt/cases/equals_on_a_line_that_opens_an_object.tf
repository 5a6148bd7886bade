locals {
  a = { b = 1, c = {
  d = 2
  } }
  eeee = 3
}
