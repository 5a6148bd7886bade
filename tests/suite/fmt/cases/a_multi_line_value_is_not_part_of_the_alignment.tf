locals {
  a = 1
  longer_name = [
    1,
    2
  ]
  bb = 3
  ccc = 4
}
