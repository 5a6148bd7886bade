module "m" {
  source = "./m"
  count  = 2
  a      = count.index
}
output "x" {
  value = module.m[0].b
}
output "y" {
  value = module.m[*].b
}
