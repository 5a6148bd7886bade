variable "a" {}
output "o" {
  value = 2
}
