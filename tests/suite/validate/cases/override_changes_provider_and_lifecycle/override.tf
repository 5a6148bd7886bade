resource "terraform_data" "r" {
  provider = terraform.east
  lifecycle {
    prevent_destroy = true
  }
}
