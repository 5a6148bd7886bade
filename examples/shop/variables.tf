variable "environment" {
  type        = string
  description = "Which environment this is: part of every name."
}

variable "instance_type" {
  type        = string
  description = "The size of each worker: small, medium or large."
  default     = "small"

  validation {
    condition     = contains(["small", "medium", "large"], var.instance_type)
    error_message = "Workers are small, medium or large, not ${var.instance_type}."
  }
}

variable "instance_count" {
  type        = number
  description = "How many workers take care of orders."
  default     = 1

  validation {
    condition     = var.instance_count >= 1 && floor(var.instance_count) == var.instance_count
    error_message = "At least one whole worker is needed, not ${var.instance_count}."
  }
}

variable "high_availability" {
  type        = bool
  description = "Whether the end of one worker may go unnoticed."
  default     = false
}

variable "domain" {
  type        = string
  description = "Where people find it."

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.domain))
    error_message = "A domain has small letters, digits, dots and dashes only."
  }
}

variable "port" {
  type        = number
  description = "The port of the storefront; 0 picks a free one, which stays."
  default     = 0
}

variable "api_port" {
  type        = number
  description = "The port of the API; 0 picks a free one, which stays."
  default     = 0
}

variable "payment_api" {
  type        = string
  description = "Which of the payment provider's systems takes the money: sandbox or live."

  validation {
    condition     = contains(["sandbox", "live"], var.payment_api)
    error_message = "The payment provider has a sandbox and a live system, and no \"${var.payment_api}\"."
  }
}

variable "winter_sale" {
  type        = bool
  description = "Whether the storefront shows the winter sale."
}

variable "worker_environment" {
  type        = map(string)
  description = "The environment variables of the workers."
}
