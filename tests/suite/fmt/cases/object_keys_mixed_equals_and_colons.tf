locals {
  a = {
    b = 1
    ccc : 2
    ddddddd = 3
    e = 4
  }
}
