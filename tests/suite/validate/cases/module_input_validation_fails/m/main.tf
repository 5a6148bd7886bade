variable "a" {
  validation {
    condition     = var.a == "y"
    error_message = "Must be y."
  }
}
