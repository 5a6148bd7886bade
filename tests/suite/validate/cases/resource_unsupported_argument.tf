resource "terraform_data" "a" {
  inpt = 1
}
