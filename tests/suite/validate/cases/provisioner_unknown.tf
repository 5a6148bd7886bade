resource "terraform_data" "a" {
  provisioner "chef" {
    x = 1
  }
}
