resource "terraform_data" "a" {
  input = { x = { y = 1 } }
}
output "z" {
  value = terraform_data.a.output.x.y.anything[0]
}
