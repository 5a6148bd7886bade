# A shop on AWS: a rack for itself in staging and in production, and the program that runs on it. The preview of a branch
# brings only the program, and is a guest on staging's rack.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source = "terrace/aws"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/terrace"
  }
}

locals {
  # The environment of a branch has a slash in its name.
  name  = "shop-${replace(var.environment, "/", "-")}"
  guest = var.host != null
}

module "rack" {
  source = "../../modules/rack"
  count  = local.guest ? 0 : 1

  name              = local.name
  zones             = [for letter in var.zones : "${var.region}${letter}"]
  high_availability = var.high_availability
  administrators    = var.administrators
  api_access        = ["198.51.100.0/24"] # the office
  repositories      = ["api", "worker"]

  node_type          = var.node_type
  node_count         = var.node_count
  database_type      = var.database_type
  database_storage   = var.database_storage
  backup_days        = var.backup_days
  protect_data       = var.protect_data
  log_retention_days = var.log_retention_days
}

# What a guest uses of its host.

data "aws_cloudformation_stack" "database" {
  count = local.guest ? 1 : 0
  name  = "${var.host}-database"
}

module "api" {
  source = "./api"

  name         = local.name
  domain       = var.domain
  cluster      = local.guest ? var.host : module.rack[0].cluster_name
  database     = local.guest ? data.aws_cloudformation_stack.database[0].outputs["SecretArn"] : module.rack[0].database.secret_arn
  protect_data = var.protect_data
}
