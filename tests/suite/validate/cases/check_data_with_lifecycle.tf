check "health" {
  data "terraform_remote_state" "s" {
    backend = "local"
    lifecycle {}
  }
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
