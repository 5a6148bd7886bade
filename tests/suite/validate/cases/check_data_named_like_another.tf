data "terraform_remote_state" "s" {
  backend = "local"
}
check "health" {
  data "terraform_remote_state" "s" {
    backend = "local"
  }
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
