resource "terraform_data" "a" {
  connection {
    host = "h"
  }
  provisioner "file" {
    destination = "b"
  }
}
