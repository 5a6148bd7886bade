variable "name" {
  type = string
}

variable "servers" {
  type = number
}

resource "terraform_data" "server" {
  count = var.servers
  input = "${var.name}-${count.index}"
}
