check "health" {
  assert {
    condition     = var.missing == 1
    error_message = "Bad."
  }
}
