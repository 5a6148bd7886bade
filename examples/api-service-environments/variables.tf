variable "environment" {
  type        = string
  description = "Which environment this is: its name in terrace.hcl."
}

variable "replicas" {
  type        = number
  description = "How many run side by side."
  default     = 1

  validation {
    condition     = var.replicas >= 1
    error_message = "At least one replica is needed."
  }
}

variable "password_length" {
  type        = number
  description = "How long the database's password is."
  default     = 16
}

variable "log_level" {
  type        = string
  description = "How much is said: debug, info or warn."

  validation {
    condition     = contains(["debug", "info", "warn"], var.log_level)
    error_message = "There is no log level \"${var.log_level}\"."
  }
}

variable "release" {
  type        = string
  description = "The build that runs."
  default     = "1.4.0"
}
