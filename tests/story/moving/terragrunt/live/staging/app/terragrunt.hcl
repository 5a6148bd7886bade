terraform {
  source = "../../../modules/app"
}

inputs = {
  name    = "staging"
  servers = 1
}
