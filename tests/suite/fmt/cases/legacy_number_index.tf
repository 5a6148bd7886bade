locals {
  a = x.0
  b = x.0.name
  c = x.*.0
}
