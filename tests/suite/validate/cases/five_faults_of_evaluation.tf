locals {
  a = var.one
  b = upper()
  c = nosuch(1)
  d = 1 + "x"
}
resource "terraform_data" "e" {
  nope = 1
}
