terraform {
  required_providers {
    tf = { source = "terraform.io/builtin/terraform" }
  }
}
provider "tf" {
  alias = "one"
}
provider "tf" {
  alias = "two"
}
resource "terraform_data" "a" {
  provider = tf.one
}
resource "terraform_data" "b" {
  provider = tf.two
}
