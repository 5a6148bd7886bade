variable "e" {
  type      = string
  ephemeral = true
}
output "x" {
  value = ephemeralasnull(var.e)
}
