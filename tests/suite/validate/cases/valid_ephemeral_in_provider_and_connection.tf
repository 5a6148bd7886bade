variable "e" {
  type      = string
  ephemeral = true
}
resource "terraform_data" "a" {
  connection {
    host     = "h"
    password = var.e
  }
  provisioner "remote-exec" {
    inline = ["echo"]
  }
}
