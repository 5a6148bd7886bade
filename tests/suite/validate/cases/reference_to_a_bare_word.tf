locals {
  a = foo
}
