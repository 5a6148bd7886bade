locals {
  a = provider::nope::f("a")
}
