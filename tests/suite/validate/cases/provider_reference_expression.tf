resource "terraform_data" "a" {
  provider = true ? terraform.a : terraform.b
}
