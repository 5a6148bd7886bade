resource "terraform_data" "a" {
  count = "x"
  input = var.missing
  lifecycle {
    ignore_changes = [nope]
  }
  provisioner "local-exec" {
    comand = "x"
  }
}
