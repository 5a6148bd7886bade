module "m" {
  source = "./m"
}
output "x" {
  value = module.m.terraform_data.a.id
}
