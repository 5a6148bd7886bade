resource "terraform_data" "a" {
  input = local.x
}
locals {
  x = terraform_data.b.id
}
resource "terraform_data" "b" {
  depends_on = [terraform_data.a]
}
