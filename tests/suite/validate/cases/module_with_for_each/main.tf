module "m" {
  source   = "./m"
  for_each = toset(["x"])
  a        = each.key
}
output "x" {
  value = module.m["x"].b
}
