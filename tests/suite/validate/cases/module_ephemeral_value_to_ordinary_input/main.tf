variable "e" {
  ephemeral = true
}
module "m" {
  source = "./m"
  a      = var.e
}
