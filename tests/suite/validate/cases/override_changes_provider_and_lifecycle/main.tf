provider "terraform" {
  alias = "east"
}
resource "terraform_data" "r" {
  lifecycle {
    create_before_destroy = true
  }
}
