variable "a" {
  validation {
    condition     = var.a != ""
    error_message = "One."
  }
  validation {
    condition     = length(var.a) < 5
    error_message = "Two."
  }
}
