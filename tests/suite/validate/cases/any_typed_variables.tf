variable "a" {
  type = any
}
variable "b" {
  type = map(any)
}
variable "c" {
  type = object({ x = any, y = optional(any, {}) })
}
locals {
  d = var.a.whatever[0]
  e = var.b["k"].x
  f = var.c.x.y.z
}
