variable "a" {
  typo = 1
}
locals {
  b = [1 2]
}
output "c" {
}
