variable "environment" {
  type        = string
  description = "Which environment this is."

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "The environments are development, staging and production; \"${var.environment}\" is none of them."
  }
}

variable "release" {
  type        = string
  description = "The build that runs."
  default     = "1.4.0"
}
