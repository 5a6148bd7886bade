check "health" {
  data "terraform_remote_state" "s" {
    backend = "local"
  }
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
output "x" {
  value = data.terraform_remote_state.s.outputs
}
