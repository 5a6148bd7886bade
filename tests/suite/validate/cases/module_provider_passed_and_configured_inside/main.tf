terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" {
  alias = "east"
}
module "m" {
  source    = "./m"
  providers = { terraform = terraform.east }
}
