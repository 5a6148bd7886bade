variable "a" {
  validation {
    condition     = var.a != var.c
    error_message = "Bad."
  }
}
