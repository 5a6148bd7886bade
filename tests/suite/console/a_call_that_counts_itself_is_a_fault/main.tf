module "inner" {
  source = "./inner"
  count  = length(module.inner)
}

locals {
  first  = local.second
  second = local.first
}
