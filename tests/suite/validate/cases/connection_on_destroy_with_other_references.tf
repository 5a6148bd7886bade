variable "x" {}
resource "terraform_data" "a" {
  connection {
    host = var.x
  }
  provisioner "remote-exec" {
    when   = destroy
    inline = ["a"]
  }
}
