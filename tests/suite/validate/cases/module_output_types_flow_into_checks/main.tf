module "m" {
  source = "./m"
}
locals {
  ok  = module.m.list[0]
  bad = module.m.number + "x"
}
