variable "environment" {
  type        = string
  description = "Which environment this is: part of every name."
  default     = "staging"
}

variable "instance_type" {
  type        = string
  description = "The size of each machine."
  default     = "t3.medium"
}

variable "instance_count" {
  type        = number
  description = "How many machines run each service."
  default     = 1

  validation {
    condition     = var.instance_count >= 1 && floor(var.instance_count) == var.instance_count
    error_message = "At least one whole machine is needed, not ${var.instance_count}."
  }
}

variable "high_availability" {
  type        = bool
  description = "Whether one failure of a machine or zone may go unnoticed."
  default     = false
}

variable "domain" {
  type        = string
  description = "Where people find it."
  default     = "staging.example.com"

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.domain))
    error_message = "A domain has small letters, digits, dots and dashes only."
  }
}

variable "database_password" {
  type        = string
  description = "Never shown."
  sensitive   = true
  default     = null
}
