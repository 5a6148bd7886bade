module "m" {
  source = "./m"
  a      = "x"
}
resource "terraform_data" "x" {
  input = module.m.b
}
