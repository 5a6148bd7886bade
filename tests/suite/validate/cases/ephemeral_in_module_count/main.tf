variable "s" {
  type      = number
  ephemeral = true
}
module "m" {
  source = "./m"
  count  = var.s
}
