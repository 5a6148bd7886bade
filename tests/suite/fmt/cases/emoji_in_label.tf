resource "😀" "👩‍🚀" { # one
  x = "👩‍🚀" # two
  yy = "x" # three
}
