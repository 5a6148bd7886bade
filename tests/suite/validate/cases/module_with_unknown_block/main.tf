module "m" {
  source = "./m"
  settings {
    a = 1
  }
}
