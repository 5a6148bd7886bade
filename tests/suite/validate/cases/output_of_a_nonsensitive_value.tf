variable "a" {
  sensitive = true
}
output "x" {
  value = nonsensitive(var.a)
}
