variable "a" {
  type = object({ x = string, y = optional(number, 5) })
}
output "b" {
  value = var.a.y + 1
}
