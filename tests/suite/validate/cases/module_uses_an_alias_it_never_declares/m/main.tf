resource "terraform_data" "b" {
  provider = terraform.east
}
