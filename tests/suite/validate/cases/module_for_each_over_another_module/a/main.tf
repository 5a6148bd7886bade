resource "terraform_data" "r" {}
output "id" {
  value = terraform_data.r.id
}
