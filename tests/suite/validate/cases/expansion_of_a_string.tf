locals {
  a = max("x"...)
}
