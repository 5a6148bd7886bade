resource "terraform_data" "a" {
  for_each = { x = 1 }
  lifecycle {
    postcondition {
      condition     = self.output != each.value
      error_message = "Bad ${each.key}."
    }
  }
}
