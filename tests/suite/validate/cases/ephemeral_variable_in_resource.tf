variable "a" {
  ephemeral = true
}
resource "terraform_data" "x" {
  input = var.a
}
