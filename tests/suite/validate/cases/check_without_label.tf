check {
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
