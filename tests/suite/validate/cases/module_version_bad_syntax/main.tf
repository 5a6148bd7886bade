module "m" {
  source  = "a/b/c"
  version = "latest"
}
