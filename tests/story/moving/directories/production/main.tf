module "app" {
  source = "../modules/app"

  name    = "production"
  servers = 3
}
