module "a" {
  source = "./a"
}
variable "x" {
  nope = 1
}
