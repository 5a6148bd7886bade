variable "zones" {
  type    = set(string)
  default = ["a", "b"]
}
variable "secret" {
  default   = "s3"
  sensitive = true
}
variable "cfg" {
  type    = object({ name = string, n = optional(number, 3), tags = optional(map(string), {}) })
  default = { name = "x" }
}
variable "unset" {}
variable "nn" {
  type     = string
  nullable = false
  default  = "dflt"
}
module "one" {
  source = "./m"
  name   = var.cfg.name
  secret = var.secret
}
module "cnt" {
  count  = 2
  source = "./m"
  name   = "c${count.index}"
  secret = "abc"
}
module "each" {
  for_each = var.zones
  source   = "./m"
  name     = each.value
  secret   = terraform_data.x.output
}
resource "terraform_data" "x" { input = 1 }
resource "terraform_data" "many" { count = 2 }
data "terraform_remote_state" "r" {
  backend = "local"
}
locals {
  a = module.one.up
  b = [for m in module.cnt : m.up]
  c = { for k, m in module.each : k => m.up }
  u = var.unset
}
output "o" {
  value     = module.one.sec
  sensitive = true
}
