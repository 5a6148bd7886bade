variable "from_a" {
  type = object({ nested = object({ list = list(string) }) })
}
output "value" {
  value = var.from_a
}
