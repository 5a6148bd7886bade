run "one" {
  assert {
    condition     = var.a == 1
    error_message = "Bad."
  }
}
