variable "region" {}
locals {
  name = "x"
  a    = var.regoin
  b    = local.nmae
}
resource "terraform_data" "server" {}
output "x" {
  value = terraform_data.sever.id
}
