terraform {
  source = "../../../modules/app"
}

inputs = {
  name    = "production"
  servers = 3
}
