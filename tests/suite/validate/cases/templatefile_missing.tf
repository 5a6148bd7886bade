locals {
  a = templatefile("nope.tftpl", {})
}
