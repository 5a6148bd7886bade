# A long-running program, as many times as it takes.

terraform {
  required_version = ">= 1.9"

  required_providers {
    process = {
      source = "terrace/process"
    }
  }
}

locals {
  replicas = var.high_availability ? max(var.replicas, 2) : var.replicas
  names    = [for index in range(local.replicas) : format("%s-%02d", var.name, index + 1)]

  # 0 picks a free port for each; a port that is given belongs to the first one.
  ports = [for index in range(local.replicas) : var.port == null ? null : var.port == 0 ? 0 : var.port + index]
}

resource "process_service" "replica" {
  count = local.replicas

  command               = var.command
  working_directory     = var.working_directory
  environment           = merge(var.environment, { SERVICE = local.names[count.index] })
  sensitive_environment = var.secrets
  port                  = local.ports[count.index]
  triggers              = var.triggers
  stop_grace            = var.stop_grace

  dynamic "readiness" {
    for_each = var.readiness == null ? [] : [var.readiness]

    content {
      timeout = readiness.value.timeout

      dynamic "http" {
        for_each = readiness.value.path == null ? [] : [readiness.value.path]

        content {
          path = http.value
        }
      }

      dynamic "tcp" {
        for_each = readiness.value.tcp ? [true] : []
        content {}
      }

      dynamic "exit" {
        for_each = readiness.value.command == null ? [] : [readiness.value.command]

        content {
          # What is ready is one replica, so the command may say which: $SERVICE.
          command = [for word in exit.value : replace(word, "$SERVICE", local.names[count.index])]
        }
      }
    }
  }
}
