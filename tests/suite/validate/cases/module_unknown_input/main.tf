module "m" {
  source = "./m"
  ab     = 1
}
