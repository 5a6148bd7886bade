variable "a" {
  ephemeral = true
}
output "x" {
  value = var.a
}
