resource "terraform_data" "a" {
  input = parseint("z", 10)
}
