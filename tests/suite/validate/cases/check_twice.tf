check "health" {
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
check "health" {
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
