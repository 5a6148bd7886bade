terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
  provider_meta "terraform" {
    x = 1
  }
}
