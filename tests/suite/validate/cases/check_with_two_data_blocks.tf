check "health" {
  data "terraform_remote_state" "s" {
    backend = "local"
  }
  data "terraform_remote_state" "t" {
    backend = "local"
  }
  assert {
    condition     = path.module != ""
    error_message = "Bad."
  }
}
