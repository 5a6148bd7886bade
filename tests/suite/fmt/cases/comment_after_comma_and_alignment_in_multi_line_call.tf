locals {
  a = foo(
    1, # one
    22222, # two
    local.x # three
  )
}
