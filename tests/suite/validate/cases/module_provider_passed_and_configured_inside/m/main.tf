terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" {
  nonsense = 1
}
resource "terraform_data" "b" {}
