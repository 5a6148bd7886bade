project "shop" {
  description = "Storefront, catalogue and the workers that take care of orders"
}

# What may differ between environments, in which way, and why. Everything else is the same everywhere.

parameter "instance_type" {
  differs     = "scale"
  description = "production has the orders"
}

parameter "instance_count" {
  differs     = "scale"
  description = "production has the orders"
}

parameter "high_availability" {
  differs     = "scale"
  description = "nobody waits for staging"
}

parameter "domain" {
  differs = "identity"
}

parameter "payment_api" {
  differs     = "external"
  description = "the payment provider has a sandbox for all but production"
}

# Off in production until the winter collection is there.
toggle "winter_sale" {
  since        = "2026-11-01"
  retire_after = "120d"
  on           = { development = true, staging = true, production = false }
}

# The environment variables of the workers: the same ones everywhere.
variables_for "worker" {
  variable = "worker_environment"
  required = ["LOG_LEVEL", "MAIL_FROM"]
  values   = { MAIL_FROM = "orders@shop.example" }
}

environment "staging" {
  tier   = "staging"
  branch = "staging"
  owners = ["platform"]
  values = {
    domain      = "staging.example.com"
    payment_api = "sandbox"
    winter_sale = toggle.winter_sale
  }

  variables_for "worker" {
    LOG_LEVEL = "info"
  }
}

environment "development" {
  extends = "staging" # same shape; only what follows differs
  tier    = "development"
  values = {
    domain = "localhost"
  }

  variables_for "worker" {
    LOG_LEVEL = "debug"
  }
}

environment "production" {
  extends = "staging"
  tier    = "production"
  branch  = "main"
  owners  = ["platform", "shop"]
  values = {
    instance_type     = "large"
    instance_count    = 2
    high_availability = true # three workers, so that the end of one goes unnoticed
    domain            = "example.com"
    payment_api       = "live"
  }
}

preview { # one environment per branch, made on demand
  extends = "development"
  ttl     = "72h"
  limit   = 3
  values = {
    domain = "${preview.slug}.preview.example.com"
  }
}
