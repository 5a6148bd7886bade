removed {
  from = module.gone
  lifecycle {
    destroy = true
  }
}
removed {
  from = module.other.terraform_data.x
}
