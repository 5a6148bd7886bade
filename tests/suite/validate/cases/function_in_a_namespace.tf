locals {
  a = core::upper("a")
  b = core::nosuch("a")
}
