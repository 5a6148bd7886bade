variable "s" {
  default   = "hush"
  sensitive = true
}
resource "terraform_data" "a" {
  input = { becomes = "x", stops = sensitive("y"), changes = sensitive("z"), stays = var.s, list = [1, sensitive(2)] }
}
resource "terraform_data" "gone" {
  input = sensitive("x")
}
resource "terraform_data" "whole" {
  input = "w"
}
output "o" {
  value     = var.s
  sensitive = true
}
