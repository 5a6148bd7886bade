check "health" {
  data "terraform_remote_state" "s" {
    count   = 1
    backend = "local"
  }
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
