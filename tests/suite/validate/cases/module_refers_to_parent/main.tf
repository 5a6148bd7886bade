variable "p" {
  default = 1
}
module "m" {
  source = "./m"
}
