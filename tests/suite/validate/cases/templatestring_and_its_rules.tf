variable "t" {
  type = string
}
locals {
  tpl = "hello $${name}"
  a   = templatestring(local.tpl, { name = "x" })
  b   = templatestring(var.t, { name = "x" })
}
