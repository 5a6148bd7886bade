locals {
  a = 1e10
  bb = 1.50
  ccc = 1E+5
  dddd = 00012
  e = 1.e
}
