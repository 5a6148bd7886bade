provider "terraform" {
  alias = "east"
}
import {
  to       = terraform_data.a
  id       = "x"
  provider = terraform.east
}
resource "terraform_data" "a" {
  provider = terraform.east
}
