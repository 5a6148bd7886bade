terraform {
  required_providers {
    tf = { source = "terraform.io/builtin/terraform" }
  }
}
provider "tf" {
  alias = "east"
}
module "m" {
  source    = "./m"
  providers = { terraform = tf.east }
}
