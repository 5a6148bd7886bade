variable "s" {
  type      = string
  ephemeral = true
}
output "a" {
  value = 1
  precondition {
    condition     = length(var.s) > 3
    error_message = "Too short: ${var.s}."
  }
}
