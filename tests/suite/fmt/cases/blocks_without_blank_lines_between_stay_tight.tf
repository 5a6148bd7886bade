variable "a" {}
variable "b" {
}
locals { a = 1 }
locals {
}
