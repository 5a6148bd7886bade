check "health" {
  assert {
    condition     = 5
    error_message = "Bad."
  }
}
