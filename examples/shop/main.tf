# A storefront and its API: one definition, sized by its variables. Everything it makes is terraform_data, so it can be
# tried without an account anywhere.

terraform {
  required_version = ">= 1.9"
}

locals {
  name = "shop-${var.environment}"

  tags = {
    project     = "shop"
    environment = var.environment
    ha          = var.high_availability ? "yes" : "no"
  }

  services = {
    web = { port = 8080, replicas = local.replicas, public = true }
    api = { port = 9090, replicas = local.replicas, public = false }
  }

  # Two of everything survive one failure; three keep a quorum meanwhile.
  replicas = var.high_availability ? max(var.instance_count, 3) : var.instance_count
}

module "network" {
  source = "./network"

  name  = local.name
  cidr  = "10.20.0.0/16"
  zones = var.high_availability ? 3 : 1
}

module "service" {
  source   = "./service"
  for_each = local.services

  name     = "${local.name}-${each.key}"
  settings = each.value
  subnets  = module.network.subnets
  tags     = local.tags
}

resource "terraform_data" "motd" {
  input = templatefile("${path.module}/templates/motd.tftpl", {
    name     = local.name
    domain   = var.domain
    services = local.services
  })

  lifecycle {
    precondition {
      condition     = !var.high_availability || local.replicas >= 3
      error_message = "High availability needs at least three instances of each service."
    }
  }
}
