module "a" {
  source        = "./a"
  instance_typ  = "x"
}
