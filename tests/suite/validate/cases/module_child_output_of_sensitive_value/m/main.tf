variable "v" {
  sensitive = true
  default   = 1
}
output "b" {
  value = var.v
}
