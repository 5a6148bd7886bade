project "shop" {
  description = "A shop on AWS: network, cluster, registry and database of its own, and an API"
}

# What may differ between environments, in which way, and why. Everything else is the same everywhere.

parameter "account" {
  differs     = "identity"
  description = "nothing that goes wrong in staging reaches production"
}

parameter "domain" {
  differs = "identity"
}

parameter "administrators" {
  differs     = "identity"
  description = "everybody may break staging"
}

parameter "high_availability" {
  differs     = "scale"
  description = "nobody waits for staging, and a gateway in every zone costs"
}

parameter "node_type" {
  differs     = "scale"
  description = "production has the orders"
}

parameter "node_count" {
  differs     = "scale"
  description = "production has the orders"
}

parameter "database_type" {
  differs     = "scale"
  description = "production has the orders"
}

parameter "database_storage" {
  differs     = "scale"
  description = "production has all customers"
}

parameter "backup_days" {
  differs     = "scale"
  description = "staging's data can be made again"
}

parameter "protect_data" {
  differs     = "scale"
  description = "staging's data can be made again"
}

parameter "log_retention_days" {
  differs     = "scale"
  description = "production's logs are asked for months later"
}

environment "staging" {
  tier   = "staging"
  branch = "staging"
  owners = ["platform"]
  values = {
    account        = "111111111111"
    domain         = "staging.shop.example"
    administrators = ["arn:aws:iam::111111111111:role/developers"]
  }
}

environment "production" {
  extends = "staging" # same shape; only what follows differs
  tier    = "production"
  branch  = "main"
  owners  = ["platform", "shop"]
  values = {
    account            = "222222222222"
    domain             = "shop.example"
    administrators     = ["arn:aws:iam::222222222222:role/platform"]
    high_availability  = true
    node_type          = "m7g.large"
    node_count         = 9
    database_type      = "db.m7g.large"
    database_storage   = 200
    backup_days        = 30
    protect_data       = true
    log_retention_days = 400
  }

  protect {
    confirm = true

    # Groups of nodes and gateways may come and go; this may not.
    deny_destroy = [
      "module.rack.aws_cloudformation_stack.network",
      "module.rack.aws_cloudformation_stack.database",
      "module.rack.aws_cloudformation_stack.registry",
      "module.rack.aws_eks_cluster.cluster",
      "module.api.aws_cloudformation_stack.api",
    ]
  }
}

preview { # one environment per branch, a guest on staging's rack
  extends = "staging"
  ttl     = "72h"
  limit   = 10
  values = {
    host   = "shop-staging"
    domain = "${preview.slug}.preview.shop.example"
  }
}
