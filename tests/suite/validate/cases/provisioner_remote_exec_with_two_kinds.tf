resource "terraform_data" "a" {
  connection {
    host = "h"
  }
  provisioner "remote-exec" {
    inline = ["a"]
    script = "b"
  }
}
