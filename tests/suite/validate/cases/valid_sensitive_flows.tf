variable "s" {
  type      = string
  sensitive = true
}
locals {
  length = length(var.s)
  plain  = nonsensitive(md5(var.s))
}
resource "terraform_data" "a" {
  input = { password = var.s }
}
output "length" {
  value     = local.length
  sensitive = true
}
output "plain" {
  value = local.plain
}
output "is" {
  value = issensitive(var.s)
}
