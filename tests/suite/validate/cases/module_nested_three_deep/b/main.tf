variable "v" {
  type = number
}
module "c" {
  source = "./c"
}
output "x" {
  value = "${module.c.x}${var.v}"
}
