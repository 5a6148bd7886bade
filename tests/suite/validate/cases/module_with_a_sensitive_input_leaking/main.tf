variable "s" {
  sensitive = true
}
module "m" {
  source = "./m"
  s      = var.s
}
