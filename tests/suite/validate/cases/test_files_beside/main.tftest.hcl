run "one" {
  command = plan
  assert {
    condition     = output.o == 1
    error_message = "Bad."
  }
}
