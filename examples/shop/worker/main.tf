# Workers that take files from a folder, as many at a time as they are big.

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

variable "settings" {
  type = object({
    replicas = optional(number, 1)
    batch    = optional(number, 1)
  })
}

variable "spool" {
  type        = string
  description = "The folder that work arrives in."
}

variable "file" {
  type        = string
  description = "The file with the settings."
}

variable "environment" {
  type        = map(string)
  description = "What the workers are told besides."
  default     = {}
}

variable "password" {
  type      = string
  sensitive = true
}

variable "triggers" {
  type        = map(string)
  description = "What restarts the workers when it changes."
  default     = {}
}

locals {
  names = [for index in range(var.settings.replicas) : format("%s-%02d", var.name, index + 1)]
}

resource "process_service" "worker" {
  count = var.settings.replicas

  command    = ["/bin/sh", "${path.module}/worker.sh"]
  stop_grace = "5s"
  triggers   = merge(var.triggers, { script = filesha256("${path.module}/worker.sh") })

  environment = merge(var.environment, {
    WORKER   = local.names[count.index]
    BATCH    = var.settings.batch
    SPOOL    = var.spool
    SETTINGS = var.file
  })

  sensitive_environment = { DATABASE_PASSWORD = var.password }

  readiness {
    timeout = "10s"

    exit {
      command = ["test", "-e", "${var.spool}/ready/${local.names[count.index]}"]
    }
  }
}

output "names" {
  value = local.names
}

output "pids" {
  value = process_service.worker[*].pid
}
