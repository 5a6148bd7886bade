data "terraform_remote_state" "c" {
  count   = 2
  backend = "local"
}
data "terraform_remote_state" "f" {
  for_each = toset(["a"])
  backend  = "local"
}
output "o" {
  value = [data.terraform_remote_state.c[0].outputs, data.terraform_remote_state.f["a"].outputs]
}
