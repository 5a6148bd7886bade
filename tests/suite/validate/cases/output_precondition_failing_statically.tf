output "x" {
  value = 1
  precondition {
    condition     = path.module == "nowhere"
    error_message = "Bad."
  }
}
