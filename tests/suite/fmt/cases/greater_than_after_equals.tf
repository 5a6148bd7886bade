locals {
  a = b>=c
  d = b=>c
}
