variable "größe" {
  default = 1
}
locals {
  日本 = var.größe
}
resource "terraform_data" "été" {
  input = local.日本
}
output "über-x" {
  value = terraform_data.été.id
}
