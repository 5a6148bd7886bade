module "m" {
  source    = "./m"
  locals    = 1
  lifecycle = 2
}
