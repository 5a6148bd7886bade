resource "terraform_data" "a" {}
output "x" {
  value      = 1
  depends_on = [terraform_data.a, terraform_data.missing]
}
