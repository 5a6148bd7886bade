output "b" {
  value = 1
  precondition {
    condition     = terraform.workspace != "" && path.root != ""
    error_message = "Bad."
  }
}
