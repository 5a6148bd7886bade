resource "terraform_data" "a" {
  for_each = { x = 1 }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${each.value}"
  }
}
