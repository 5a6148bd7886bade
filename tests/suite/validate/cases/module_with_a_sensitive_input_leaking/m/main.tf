variable "s" {}
output "x" {
  value = upper(var.s)
}
