# The same API: what differs between environments is a parameter, and terrace.hcl says what each has and why.

terraform {
  required_version = ">= 1.9"

  required_providers {
    local = {
      source = "hashicorp/local"
    }
    random = {
      source = "hashicorp/random"
    }
  }
}

module "api" {
  source = "./api"

  name      = replace(var.environment, "/", "-")
  release   = var.release
  replicas  = var.replicas
  log_level = var.log_level
  password  = random_password.database.result
}

resource "random_password" "database" {
  length  = var.password_length
  special = false
}

resource "local_file" "service_card" {
  filename = "${path.module}/run/${var.environment}/card.json"
  content = jsonencode({
    name        = "api"
    environment = var.environment
    release     = var.release
    replicas    = module.api.names
  })
}
