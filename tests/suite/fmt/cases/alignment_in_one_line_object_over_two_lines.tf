locals {
  a = { b = 1,
    ccc = 2,
  d = 3 }
}
