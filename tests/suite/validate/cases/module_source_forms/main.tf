module "a" {
  source = "./a"
}
module "b" {
  source = "./a/"
}
module "c" {
  source = "./a/../a"
}
