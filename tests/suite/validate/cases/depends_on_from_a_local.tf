locals {
  l = []
}
resource "terraform_data" "b" {
  depends_on = local.l
}
