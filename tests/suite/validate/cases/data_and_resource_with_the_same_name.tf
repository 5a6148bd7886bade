data "terraform_remote_state" "a" {
  backend = "local"
}
resource "terraform_data" "a" {}
