check "a" {
  assert {
    condition     = 1 == 1
    error_message = "Bad."
  }
}
output "b" {
  value = 1
  precondition {
    condition     = true
    error_message = "Bad."
  }
}
