resource "terraform_data" "r" {}
module "m" {
  source = "./m"
  n      = [terraform_data.r.id]
}
