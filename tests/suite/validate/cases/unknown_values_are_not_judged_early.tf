resource "terraform_data" "a" {
  input = "x"
}
locals {
  a = tonumber(terraform_data.a.output)
  b = jsondecode(terraform_data.a.output)
  c = terraform_data.a.output ? 1 : 2
  d = [for x in terraform_data.a.output : x]
  e = regex("z", terraform_data.a.output)
  f = terraform_data.a.output[5].x["y"]
  g = cidrsubnet(terraform_data.a.output, 8, 1)
}
