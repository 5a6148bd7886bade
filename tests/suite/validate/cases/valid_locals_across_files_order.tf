output "o" {
  value = local.late
}
locals {
  late = local.later
}
locals {
  later = var.latest
}
variable "latest" {
  default = 1
}
