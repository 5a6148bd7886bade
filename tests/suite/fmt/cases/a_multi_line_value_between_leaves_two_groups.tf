locals {
  short = 1
  x = {
    a = 1
  }
  longest_of_all = 2
}
