variable "m" {
  sensitive = true
  default   = { a = 1 }
}
resource "terraform_data" "a" {
  for_each = var.m
}
