# A folder on an address, served by terrace itself.

terraform {
  required_version = ">= 1.9"

  required_providers {
    site = {
      source = "terrace/site"
    }
  }
}

resource "site_static" "site" {
  source    = var.folder
  generated = merge(var.generated, { for path, content in var.documents : path => jsonencode(content) })
  port      = var.port
  host      = var.host
  index     = var.index
  not_found = var.not_found
}
