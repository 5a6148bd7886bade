variable "size" {
  type    = string
  default = "small"
}

resource "terraform_data" "server" {
  count = terraform.workspace == "production" ? 2 : 1
  input = { name = "${terraform.workspace}-${count.index}", size = var.size }
}
