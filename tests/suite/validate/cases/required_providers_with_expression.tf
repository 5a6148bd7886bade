locals {
  s = "terraform.io/builtin/terraform"
}
terraform {
  required_providers {
    terraform = { source = local.s }
  }
}
