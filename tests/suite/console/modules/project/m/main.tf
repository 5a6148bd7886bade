variable "name" {}
variable "secret" {}
locals { up = upper(var.name) }
module "n" {
  source = "./n"
  v      = local.up
}
resource "terraform_data" "y" { input = var.name }
output "up" { value = local.up }
output "sec" {
  value     = var.secret
  sensitive = true
}
output "deep" { value = module.n.len }
output "rid" { value = terraform_data.y.id }
