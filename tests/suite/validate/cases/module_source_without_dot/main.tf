module "m" {
  source = "m"
}
