resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = path.module == "nowhere"
      error_message = "Bad."
    }
  }
}
