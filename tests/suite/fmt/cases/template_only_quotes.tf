locals {
  a = ""
  b = "" 
  c = "${""}"
  d = "   "
}
