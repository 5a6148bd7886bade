locals {
  a = 1
  a = 2
}
resource "terraform_data" "x" {
  input = 1
  input = 2
}
