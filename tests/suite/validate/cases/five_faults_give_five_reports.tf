variable "a" {
  typo = 1
}
output "b" {
}
resource "terraform_data" "c" {
  lifecycle {
    nope = true
  }
}
locals "x" {}
moved {
  from = terraform_data.a
}
