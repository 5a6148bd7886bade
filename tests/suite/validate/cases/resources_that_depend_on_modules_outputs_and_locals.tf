resource "terraform_data" "base" {
  input = { name = "base", ports = [80, 443] }
}
locals {
  base  = terraform_data.base.output
  ports = { for p in [80, 443] : "p${p}" => p }
}
resource "terraform_data" "port" {
  for_each         = local.ports
  input            = "${local.base.name}-${each.key}"
  triggers_replace = [each.value, terraform_data.base.id]
  depends_on       = [terraform_data.base]
}
output "ports" {
  value = { for k, p in terraform_data.port : k => p.output }
}
