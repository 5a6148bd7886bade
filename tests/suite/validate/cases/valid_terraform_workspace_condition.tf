resource "terraform_data" "a" {
  count = terraform.workspace == "default" ? 1 : 0
}
