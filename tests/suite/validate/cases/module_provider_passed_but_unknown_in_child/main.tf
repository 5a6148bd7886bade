provider "terraform" {
  alias = "east"
}
module "m" {
  source = "./m"
  providers = {
    terraform.west = terraform.east
  }
}
