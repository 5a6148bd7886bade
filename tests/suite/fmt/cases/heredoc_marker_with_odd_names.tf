locals {
  a = <<E_O-T
x
E_O-T
  b = <<été
x
été
}
