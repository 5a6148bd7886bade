variable "t" {
  type = tuple([string, number])
}
locals {
  a = var.t[0]
  b = var.t[2]
  c = var.t["x"]
}
