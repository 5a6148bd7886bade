# The API as every environment has it, in the size that each needs.

terraform {
  required_providers {
    process = {
      source = "terrace/process"
    }
  }
}

variable "environment" {
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
  replicas  = var.environment == "production" ? 3 : 1
  log_level = var.environment == "development" ? "debug" : "info"
  names     = [for index in range(local.replicas) : format("api-%s-%d", var.environment, index + 1)]
}

resource "process_service" "api" {
  count = local.replicas

  command = ["/bin/sh", "${path.module}/api.sh"]
  port    = 0

  environment = {
    NAME      = local.names[count.index]
    RELEASE   = var.release
    LOG_LEVEL = local.log_level
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
