locals {
  a = ephemeral.terraform_data.x.id
}
