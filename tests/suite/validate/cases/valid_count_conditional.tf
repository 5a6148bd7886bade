variable "on" {
  type    = bool
  default = false
}
resource "terraform_data" "a" {
  count = var.on ? 1 : 0
}
output "x" {
  value = one(terraform_data.a[*].id)
}
output "y" {
  value = try(terraform_data.a[0].id, null)
}
