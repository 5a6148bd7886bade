resource "terraform_data" "a" {
  count = self.id
  connection {
    host = self.output
  }
  provisioner "remote-exec" {
    inline = [self.id]
  }
}
