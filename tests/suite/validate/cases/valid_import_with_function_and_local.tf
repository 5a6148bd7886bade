locals {
  ids = { a = "1" }
}
import {
  to = terraform_data.a
  id = lookup(local.ids, "a", "none")
}
resource "terraform_data" "a" {}
