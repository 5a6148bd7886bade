check "health" {
  resource "terraform_data" "s" {}
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
