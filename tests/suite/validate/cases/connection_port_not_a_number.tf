resource "terraform_data" "a" {
  connection {
    host = "h"
    port = "many"
  }
  provisioner "remote-exec" {
    inline = ["x"]
  }
}
