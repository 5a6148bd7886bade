# The API as every environment has it, in the size that each needs.

terraform {
  required_providers {
    process = {
      source = "terrace/process"
    }
  }
}

variable "name" {
  type = string
}

variable "replicas" {
  type = number
}

variable "log_level" {
  type = string
}

variable "release" {
  type = string
}

variable "password" {
  type      = string
  sensitive = true
}

locals {
  names = [for index in range(var.replicas) : format("api-%s-%d", var.name, index + 1)]
}

resource "process_service" "api" {
  count = var.replicas

  command = ["/bin/sh", "${path.module}/api.sh"]
  port    = 0

  environment = {
    NAME      = local.names[count.index]
    RELEASE   = var.release
    LOG_LEVEL = var.log_level
  }

  sensitive_environment = {
    DATABASE_PASSWORD = var.password
  }
}

output "names" {
  value = local.names
}

output "urls" {
  value = process_service.api[*].url
}
