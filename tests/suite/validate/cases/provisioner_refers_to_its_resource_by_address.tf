# The object is there when a provisioner runs, so its address means it as "self" does.
resource "terraform_data" "greeting" {
  input = "hello"

  provisioner "local-exec" {
    command = "echo ${terraform_data.greeting.output}"
  }
}
