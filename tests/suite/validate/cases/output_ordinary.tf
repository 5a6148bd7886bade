output "a" {
  value       = 1
  description = "d"
  sensitive   = true
  precondition {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
