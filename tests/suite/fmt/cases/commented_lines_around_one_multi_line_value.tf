locals {
  a = 1 # one
  b = [ # two
    "x", # three
  ]
  c = 3 # four
}
