locals {
  a = path.module
  b = path.root
  c = path.cwd
  d = terraform.workspace
}
