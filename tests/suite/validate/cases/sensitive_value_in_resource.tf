variable "a" {
  sensitive = true
}
resource "terraform_data" "x" {
  input = var.a
}
