resource "terraform_data" "a" {
  for_each = { x = 1 }
}
resource "terraform_data" "b" {
  for_each = terraform_data.a
  input    = each.value.id
}
