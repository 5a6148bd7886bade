locals {
  a = { # c
  }
  b = [ # c
  ]
  c = foo( # c
  )
  ddd = 1 # c
}
