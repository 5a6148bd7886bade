resource "terraform_data" "a" {}
output "x" {
  value = data.terraform_data.a.id
}
