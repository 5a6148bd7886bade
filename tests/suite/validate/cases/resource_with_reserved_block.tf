resource "terraform_data" "a" {
  locals {
    x = 1
  }
}
