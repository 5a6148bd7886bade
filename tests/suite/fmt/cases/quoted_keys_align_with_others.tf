locals {
  m = {
    "a" = 1
    bbbbbb = 2
    "${c}-d" = 3
    (e.f) = 4
  }
}
