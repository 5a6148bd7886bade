locals {
  a = {
    b = 1,
    ccc = 2,
    "d e" = 3,
    (f) = 4,
    "${g}-h" = 5
    1 = 6
    null = 7
  }
}
