terraform {
  required_version = ">= 1.0, < 2.0"
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
