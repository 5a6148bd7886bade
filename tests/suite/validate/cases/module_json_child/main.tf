module "m" {
  source = "./m"
  a      = 1
}
output "x" {
  value = module.m.b
}
