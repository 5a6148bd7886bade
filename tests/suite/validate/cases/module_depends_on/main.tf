module "m" {
  source     = "./m"
  depends_on = [terraform_data.x]
}
resource "terraform_data" "x" {}
resource "terraform_data" "y" {
  depends_on = [module.m, module.m.z]
}
