locals {
  a = var.missing
  b = local.missing
  c = module.missing.x
  d = terraform_data.missing.id
  e = data.terraform_remote_state.missing.outputs
}
