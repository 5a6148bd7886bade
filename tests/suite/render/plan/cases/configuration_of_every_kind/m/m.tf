variable "i" { type = number }
output "o" { value = "v${var.i}" }
resource "terraform_data" "in" {
  input = [{ a = var.i }]
}
