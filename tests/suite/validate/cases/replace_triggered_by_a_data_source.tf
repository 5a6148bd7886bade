data "terraform_remote_state" "d" {
  backend = "local"
}
resource "terraform_data" "a" {
  lifecycle {
    replace_triggered_by = [data.terraform_remote_state.d]
  }
}
