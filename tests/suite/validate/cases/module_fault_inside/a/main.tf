locals {
  x = var.missing
}
resource "terraform_data" "a" {
  nope = 1
}
