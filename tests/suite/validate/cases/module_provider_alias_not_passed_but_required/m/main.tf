terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.a, terraform.b]
    }
  }
}
resource "terraform_data" "a" {
  provider = terraform.a
}
