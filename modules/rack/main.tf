# A whole environment on AWS: network, cluster, nodes, registry, database, logs and roles, as one thing to install.
#
# CloudFormation looks after all but the cluster: each of these files has a template, written in HCL, and its stack. What
# one stack makes goes to another as a parameter, so that a template is known before anything is made. A stack holds what
# changes together: sizes never touch a stack whose outputs decide where something lives.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source = "terrace/aws"
    }
  }
}

locals {
  # A zone's letter decides its addresses and names, so that a zone can be added or left without moving another.
  letters = ["A", "B", "C", "D", "E", "F"]

  zones = {
    for zone in var.zones : upper(substr(zone, -1, 1)) => {
      name     = zone
      private  = cidrsubnet(var.cidr, 3, index(local.letters, upper(substr(zone, -1, 1))))
      public   = cidrsubnet(var.cidr, 6, index(local.letters, upper(substr(zone, -1, 1))) + 48)
      database = cidrsubnet(var.cidr, 6, index(local.letters, upper(substr(zone, -1, 1))) + 56)
    }
  }

  # What there is one of is in the first zone, or with high availability in every zone.
  first = upper(substr(var.zones[0], -1, 1))
  homes = var.high_availability ? local.zones : { (local.first) = local.zones[local.first] }

  # What holds images or logs stays or goes with the environment; replaced, it always stays.
  keep = var.protect_data ? "Retain" : "Delete"
}
