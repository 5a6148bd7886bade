resource "terraform_data" "c" {
  count = 2
  lifecycle {
    precondition {
      condition     = count.index < 3
      error_message = "Too many."
    }
  }
}
output "o" {
  value = terraform_data.c[0].id
  precondition {
    condition     = terraform_data.c[0].id != ""
    error_message = "No id."
  }
}
