variable "x" {}
resource "terraform_data" "a" {
  lifecycle {
    create_before_destroy = var.x
    prevent_destroy       = var.x
  }
}
