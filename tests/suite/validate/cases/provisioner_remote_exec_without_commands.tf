resource "terraform_data" "a" {
  connection {
    host = "h"
  }
  provisioner "remote-exec" {
  }
}
