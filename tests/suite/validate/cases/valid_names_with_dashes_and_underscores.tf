variable "a-b" {
  default = 1
}
resource "terraform_data" "_x-y_1" {
  input = var.a-b
}
output "o" {
  value = terraform_data._x-y_1.id
}
