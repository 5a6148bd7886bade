variable "a" {
  sensitive = true
}
output "x" {
  value = var.a
}
