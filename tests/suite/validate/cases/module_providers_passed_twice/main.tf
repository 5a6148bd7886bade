provider "terraform" {
  alias = "east"
}
module "m" {
  source = "./m"
  providers = {
    terraform = terraform.east
    terraform = terraform
  }
}
