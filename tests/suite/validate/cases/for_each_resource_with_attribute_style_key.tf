resource "terraform_data" "a" {
  for_each = { x = 1 }
}
output "x" {
  value = terraform_data.a.x.id
}
