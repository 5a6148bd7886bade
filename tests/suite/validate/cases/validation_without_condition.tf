variable "a" {
  validation {
    error_message = "Bad."
  }
}
