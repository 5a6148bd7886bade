resource "terraform_data" "a" {
  connection {
    type         = "ssh"
    user         = "root"
    password     = "x"
    host         = "h"
    port         = 22
    timeout      = "1m"
    script_path  = "/tmp/x"
    private_key  = "k"
    certificate  = "c"
    agent        = false
    bastion_host = "b"
    bastion_port = 22
  }
  provisioner "file" {
    content     = "x"
    destination = "/y"
  }
}
