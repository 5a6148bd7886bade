# A small shop: a storefront, the catalogue that it is made of as an API, and workers that take care of what was
# ordered. One definition for all environments of terrace.hcl, that runs on a laptop without an account anywhere.

terraform {
  required_version = ">= 1.9"

  required_providers {
    local = {
      source = "hashicorp/local"
    }
    process = {
      source = "terrace/process"
    }
    random = {
      source = "hashicorp/random"
    }
    site = {
      source = "terrace/site"
    }
  }
}

locals {
  # The environment of a branch has a slash in its name.
  name = "shop-${replace(var.environment, "/", "-")}"
  run  = "${path.module}/run/${var.environment}"

  # Two of everything survive one failure; three keep a quorum meanwhile.
  replicas = var.high_availability ? max(var.instance_count, 3) : var.instance_count

  # How many orders a worker of each size takes at a time.
  batches = { small = 1, medium = 5, large = 20 }

  queues = {
    orders = { replicas = local.replicas, batch = local.batches[var.instance_type] }
    mail   = { replicas = 1, batch = 50 }
  }

  products = jsondecode(file("${path.module}/products.json"))
}

resource "site_static" "api" {
  source = "${path.module}/api"
  port   = var.api_port

  generated = merge(
    { "v1/products.json" = jsonencode(local.products) },
    { for product in local.products : "v1/products/${product.id}.json" => jsonencode(product) },
  )
}

resource "site_static" "storefront" {
  source    = "${path.module}/storefront"
  port      = var.port
  not_found = "404.html"

  generated = {
    "index.html" = templatefile("${path.module}/templates/index.html.tftpl", {
      environment = var.environment
      domain      = var.domain
      products    = local.products
      api         = site_static.api.url
      workers     = sum([for queue in local.queues : queue.replicas])
      sale        = var.winter_sale
    })
  }
}

resource "local_file" "settings" {
  filename = "${local.run}/worker.conf"
  content = templatefile("${path.module}/templates/worker.conf.tftpl", {
    name   = local.name
    domain = var.domain
    api    = site_static.api.url
    pay    = "https://${var.payment_api}.payments.example"
  })

  lifecycle {
    precondition {
      condition     = !var.high_availability || local.replicas >= 3
      error_message = "High availability needs at least three workers for the orders."
    }
  }
}

resource "random_password" "database" {
  length  = 24
  special = false
}

module "worker" {
  source   = "./worker"
  for_each = local.queues

  name        = "${local.name}-${each.key}"
  settings    = each.value
  environment = var.worker_environment
  spool       = "${local.run}/${each.key}"
  file        = local_file.settings.filename
  password    = random_password.database.result

  # Settings are read when a worker starts.
  triggers = { settings = local_file.settings.content }
}
