module "a" {
  source = "./${"a"}"
}
