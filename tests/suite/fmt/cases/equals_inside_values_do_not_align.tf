locals {
  a = { b = 1 }
  ccc = { d = 2 }
  e = foo({ f = 1 })
}
