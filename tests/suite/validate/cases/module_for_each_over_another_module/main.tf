module "a" {
  source   = "./a"
  for_each = toset(["x", "y"])
}
module "b" {
  source   = "./a"
  for_each = module.a
}
output "o" {
  value = [for k, m in module.b : m.id]
}
