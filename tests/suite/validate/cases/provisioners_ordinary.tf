resource "terraform_data" "a" {
  connection {
    type = "ssh"
    host = "h"
  }
  provisioner "local-exec" {
    command     = "echo ${self.id}"
    working_dir = "."
    interpreter = ["sh", "-c"]
    environment = { A = "b" }
    on_failure  = continue
  }
  provisioner "remote-exec" {
    inline = ["a"]
    connection {
      host = self.id
    }
  }
  provisioner "file" {
    source      = "a"
    destination = "b"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.output}"
  }
}
