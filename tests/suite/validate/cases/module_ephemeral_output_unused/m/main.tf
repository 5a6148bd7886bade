variable "a" {
  ephemeral = true
}
output "b" {
  value     = var.a
  ephemeral = true
}
