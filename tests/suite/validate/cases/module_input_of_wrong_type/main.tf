module "m" {
  source = "./m"
  a      = "x"
  b      = ["x"]
  c      = { d = "x" }
}
