locals {
  a-b = 1
  a--- = 2
  c = a-b - a -b
  d = x-1
  e = 1-x
}
