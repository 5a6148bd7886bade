resource "terraform_data" "in" { input = toset(["a", "b"]) }
resource "terraform_data" "in2" {
  input = terraform_data.in.output
  provisioner "local-exec" { command = "true" }
}
output "z" { value = terraform_data.in2.id }
