terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
locals {
  a = provider::terraform::encode_expr(1)
  b = provider::terraform::nope(1)
}
