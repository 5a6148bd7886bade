variable "a" {
  type = number
}
output "b" {
  value = var.a
}
