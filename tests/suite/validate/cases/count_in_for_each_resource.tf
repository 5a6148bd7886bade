resource "terraform_data" "a" {
  for_each = { x = 1 }
  input    = count.index
}
