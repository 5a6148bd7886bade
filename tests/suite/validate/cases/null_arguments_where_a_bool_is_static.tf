resource "terraform_data" "a" {
  input            = null
  triggers_replace = null
}
locals {}
output "o" {
  value       = null
  description = null
  sensitive   = null
}
