variable "s" {
  type      = string
  sensitive = true
}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = length(var.s) > 3
      error_message = "Too short: ${var.s}."
    }
  }
}
