locals {
  a = var.x ? [
  1,
  2
  ] : [
  3
  ]
  b = var.x ? {
  a = 1
  } : {
  b = 2
  }
}
