module "m" {
  a = 2
  b = 3
}
