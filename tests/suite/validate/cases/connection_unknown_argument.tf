resource "terraform_data" "a" {
  connection {
    host = "a"
    prot = 22
  }
  provisioner "remote-exec" {
    inline = ["a"]
  }
}
