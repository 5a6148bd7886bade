variable "p" {}
terraform {
  backend "local" {
    path = var.p
  }
}
