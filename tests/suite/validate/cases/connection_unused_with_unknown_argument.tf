resource "terraform_data" "a" {
  connection {
    nope = 1
  }
}
