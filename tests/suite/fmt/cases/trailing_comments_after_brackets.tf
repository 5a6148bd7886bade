locals {
  a = [ # open
    1, # one
    222, # two
    3 # three
  ] # close
  b = { # open
    x = 1 # one
    yyy = 22 # two
  } # close
}
