variable "x" {}
variable "z" {}
output "y" {
  value = var.x
}
output "w" {
  value = 2
}
