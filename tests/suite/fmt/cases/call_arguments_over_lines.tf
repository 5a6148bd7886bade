locals {
  a = merge(
  {a = 1},
      {bb=2},
    local.c...
      )
}
