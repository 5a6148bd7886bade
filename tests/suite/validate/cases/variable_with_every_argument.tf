variable "a" {
  type        = string
  default     = "x"
  description = "d"
  sensitive   = true
  nullable    = false
  ephemeral   = false

  validation {
    condition     = length(var.a) > 0
    error_message = "Must not be empty."
  }
}
