terraform {
  required_providers {
    Bad_Name = { source = "terraform.io/builtin/terraform" }
  }
}
