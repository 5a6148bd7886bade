variable "a" {
  default = "y"
}
resource "terraform_data" "r" {
  input = 2
}
