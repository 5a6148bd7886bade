resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = self.nope == 1
      error_message = "Bad."
    }
  }
}
