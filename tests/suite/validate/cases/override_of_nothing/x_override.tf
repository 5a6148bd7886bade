variable "b" {
  default = 1
}
resource "terraform_data" "r" {
  input = 2
}
output "o" {
  value = 1
}
module "m" {
  source = "./m"
}
locals {
  l = 1
}
