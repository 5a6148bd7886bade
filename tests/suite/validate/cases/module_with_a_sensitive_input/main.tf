variable "s" {
  sensitive = true
}
module "m" {
  source = "./m"
  s      = var.s
}
output "x" {
  value     = module.m.x
  sensitive = true
}
