variable "k" {
  default = "a"
}
import {
  to = terraform_data.x[var.k]
  id = "1"
}
resource "terraform_data" "x" {
  for_each = toset(["a", "b"])
}
