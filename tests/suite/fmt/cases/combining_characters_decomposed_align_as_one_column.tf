locals {
  a = "é" # decomposed
  b = "é" # composed
  c = "ééé" # three
  é = 1
  ab = 2
}
