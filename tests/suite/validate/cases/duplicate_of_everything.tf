variable "a" {}
variable "a" {}
output "b" {
  value = 1
}
output "b" {
  value = 1
}
resource "terraform_data" "c" {}
resource "terraform_data" "c" {}
data "terraform_remote_state" "d" {
  backend = "local"
}
data "terraform_remote_state" "d" {
  backend = "local"
}
locals {
  e = 1
}
locals {
  e = 1
}
provider "terraform" {}
provider "terraform" {}
