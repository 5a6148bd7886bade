variable "s" {
  default   = "hush"
  sensitive = true
}
resource "terraform_data" "a" {
  input = { becomes = sensitive("x"), stops = "y", changes = sensitive("zz"), stays = var.s, list = [2, sensitive(2)] }
}
resource "terraform_data" "new" {
  input = sensitive("x")
}
resource "terraform_data" "whole" {
  input = sensitive("w")
}
output "o" {
  value     = "${var.s}!"
  sensitive = true
}
