locals {
  a = "é" # decomposed
  b = "é" # composed
  c = "ééé" # three
}
