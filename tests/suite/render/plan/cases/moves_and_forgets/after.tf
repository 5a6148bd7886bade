resource "terraform_data" "new" {
  input = "x"
}
resource "terraform_data" "new2" {
  input = ["x", "y"]
}
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
moved {
  from = terraform_data.old2
  to   = terraform_data.new2
}
removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}
resource "terraform_data" "first" {
  input = "f"
  triggers_replace = [2, 3, 5, 4, 6]
  lifecycle {
    create_before_destroy = true
  }
}
import {
  to = terraform_data.imported
  id = "some-id"
}
resource "terraform_data" "imported" {
  input = { a = [1] }
}
