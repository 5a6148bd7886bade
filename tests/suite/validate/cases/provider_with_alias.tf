provider "terraform" {
  alias = "east"
}
resource "terraform_data" "a" {
  provider = terraform.east
}
