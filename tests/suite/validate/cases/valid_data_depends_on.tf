resource "terraform_data" "a" {}
data "terraform_remote_state" "d" {
  backend    = "local"
  depends_on = [terraform_data.a]
  config = {
    path = "${terraform_data.a.id}.tfstate"
  }
  defaults = {
    x = 1
  }
  workspace = "default"
}
output "o" {
  value = data.terraform_remote_state.d.outputs.x
}
