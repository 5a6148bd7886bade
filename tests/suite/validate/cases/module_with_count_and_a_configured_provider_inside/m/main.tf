terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" {
  alias = "inner"
}
resource "terraform_data" "b" {
  provider = terraform.inner
}
