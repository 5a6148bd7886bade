locals {
  a = (
    true # cond
    ? 1 # yes
    : 2 # no
  )
}
