variable "a" {
  type    = string
  default = "x"
}
resource "terraform_data" "r" {
  input = 1
}
