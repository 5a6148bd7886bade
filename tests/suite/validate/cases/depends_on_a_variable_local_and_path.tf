variable "v" {}
locals {
  l = 1
}
resource "terraform_data" "b" {
  depends_on = [var.v, local.l, path.module]
}
