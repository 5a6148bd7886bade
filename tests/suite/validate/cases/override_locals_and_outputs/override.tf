locals {
  a = 2
}
output "o" {
  description = "d"
  sensitive   = true
}
