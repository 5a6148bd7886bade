resource "a" "b" { # one
  x = 1 # two
  y { # three
    z = 1 # four
  } # five
  wwww = 1 # six
} # seven
# eight
