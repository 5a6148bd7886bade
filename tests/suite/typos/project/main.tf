variable "size" {
  type    = number
  default = 3
}
variable "secret" {
  type      = string
  sensitive = true
  default   = "hunter2"
}
locals {
  tags  = { name = "web", tier = "front" }
  zones = ["a", "b"]
}
module "net" {
  source = "./net"
  cidr   = "10.0.0.0/8"
}
resource "terraform_data" "web" {
  count = var.size
  input = { a = local.tags.name, b = module.net.id }
  lifecycle {
    create_before_destroy = true
  }
}
output "x" {
  value = terraform_data.web[0].id
}
