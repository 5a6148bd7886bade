module "a" {
  source = "./a"
}
output "end" {
  value = module.a.value.nested.lst
}
