locals {
  a = {
    b: 1
    ccc : 2,
    dd   :   3
  }
}
