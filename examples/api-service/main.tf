# An API as many teams have it: the environment is a variable, and what differs between environments follows from it,
# here and in the module.

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

  environment = var.environment
  release     = var.release
  password    = random_password.database.result
}

resource "random_password" "database" {
  length  = var.environment == "production" ? 32 : 16
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
