module "b" {
  source = "../b"
  v      = "1"
}
output "x" {
  value = module.b.x
}
