locals {
  l = [
    "a", # first
    "bbbbb", # second
    # lonely
    "c" # third
    , "d"
  ]
}
