module "a" {
  source = "./m"
  x      = 1
  z      = module.b.w
}
module "b" {
  source = "./m"
  x      = module.a.y
  z      = 1
}
