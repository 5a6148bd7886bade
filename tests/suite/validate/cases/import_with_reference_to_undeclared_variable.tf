import {
  to = terraform_data.a
  id = var.missing
}
resource "terraform_data" "a" {}
