variable "a" {
  ephemeral = true
  default   = 1
}
resource "terraform_data" "x" {
  count = var.a
}
resource "terraform_data" "y" {
  for_each = { a = var.a }
}
