locals {
  a =
    1
}
