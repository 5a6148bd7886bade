locals {
  a = provider::x::y(1)
  b = core::upper ("x")
}
