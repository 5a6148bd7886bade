locals {
  short = 1
  x = (1) +(
    2)
  y = [1] != [
  ]
  longest_of_all = 2
}
