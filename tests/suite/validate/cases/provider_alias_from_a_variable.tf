variable "a" {}
provider "terraform" {
  alias = var.a
}
