variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  type        = number
  description = "How many zones the network spans."
}

locals {
  subnets = [for zone in range(var.zones) : cidrsubnet(var.cidr, 8, zone)]
}

resource "terraform_data" "subnet" {
  count = var.zones
  input = { name = "${var.name}-${count.index}", cidr = local.subnets[count.index] }
}

output "subnets" {
  value = local.subnets
}
