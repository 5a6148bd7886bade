moved {
  from = module.a
  to   = module.b
}
moved {
  from = module.c[0]
  to   = module.d["x"]
}
moved {
  from = module.e.terraform_data.x
  to   = terraform_data.x
}
resource "terraform_data" "x" {}
