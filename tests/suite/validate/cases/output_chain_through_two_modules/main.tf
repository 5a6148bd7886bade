module "a" {
  source = "./a"
}
module "b" {
  source = "./b"
  from_a = module.a.value
}
output "end" {
  value = module.b.value.nested.list[0]
}
