resource "terraform_data" "a" {
  for_each = { x = 1, y = 2 }
  input    = "${each.key}${each.value}"
}
resource "terraform_data" "b" {
  for_each = toset(["x", "y"])
  input    = each.key
}
output "x" {
  value = terraform_data.a["x"].id
}
output "y" {
  value = [for k, v in terraform_data.b : v.output]
}
