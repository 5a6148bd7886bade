variable "env" {
  type    = string
  default = "dev"
}
locals {
  size  = var.env == "prod" ? 10 : var.env == "stage" ? 5 : 1
  names = [for i in range(local.size) : format("%s-%02d", var.env, i)]
  pairs = flatten([for n in local.names : [for z in ["a", "b"] : { name = n, zone = z }]])
  index = { for p in local.pairs : "${p.name}/${p.zone}" => p }
  group = { for p in local.pairs : p.zone => p.name... }
}
