check "health" {
  data "terraform_remote_state" "s" {
    backend = "local"
  }
  assert {
    condition     = data.terraform_remote_state.s.outputs != null
    error_message = "Bad ${local.x}."
  }
}
locals {
  x = 1
}
