import {
  to   = terraform_data.a
  id   = "x"
  form = 1
}
resource "terraform_data" "a" {}
