module "m" {
  source = "./m"
  a      = { x = 1 }
}
output "x" {
  value = module.m.b
}
