locals {
  a = nonsensitive("x")
}
