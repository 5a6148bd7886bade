variable "a" {
  validation {
    condition     = self != ""
    error_message = "Bad."
  }
}
