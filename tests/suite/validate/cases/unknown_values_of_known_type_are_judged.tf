resource "terraform_data" "a" {}
locals {
  a = terraform_data.a.id + 1
  b = terraform_data.a.id.x
  c = [for x in terraform_data.a.id : x]
  d = length(terraform_data.a.id)
  e = terraform_data.a.id ? 1 : 2
  f = upper(terraform_data.a.id)
  g = concat(terraform_data.a.id, [])
}
