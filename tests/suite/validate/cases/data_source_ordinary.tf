data "terraform_remote_state" "a" {
  backend = "local"
  config = {
    path = "x.tfstate"
  }
}
output "x" {
  value = data.terraform_remote_state.a.outputs.anything
}
