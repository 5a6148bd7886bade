resource "terraform_data" "r" {
  for_each = { a = 1 }
}
