resource "terraform_data" "a" {
  count            = 1
  input            = null
  depends_on       = []
}
locals {
  a = null
  b = [null]
  c = coalesce(null, "x")
}
