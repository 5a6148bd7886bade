locals {
  a = templatefile("${path.module}/t.tftpl", { x = 1 })
  b = file("t.tftpl")
}
