resource "terraform_data" "a" {
  tags {
    x = 1
  }
}
