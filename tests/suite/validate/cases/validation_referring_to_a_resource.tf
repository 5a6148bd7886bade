variable "a" {
  validation {
    condition     = var.a != terraform_data.x.output
    error_message = "Bad."
  }
}
resource "terraform_data" "x" {
  input = 1
}
