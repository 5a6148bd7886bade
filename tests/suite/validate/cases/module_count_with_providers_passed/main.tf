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
  count     = 2
  providers = { terraform = terraform.east }
}
