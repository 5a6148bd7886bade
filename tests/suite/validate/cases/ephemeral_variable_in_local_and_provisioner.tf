variable "a" {
  ephemeral = true
}
locals {
  b = "x${var.a}"
}
resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "echo ${local.b}"
  }
}
