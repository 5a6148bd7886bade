module "app" {
  source = "../modules/app"

  name    = "staging"
  servers = 1
}
