resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = update
    command = "x"
  }
}
