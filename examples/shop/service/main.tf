variable "name" {
  type = string
}

variable "settings" {
  type = object({
    port     = number
    replicas = optional(number, 1)
    public   = optional(bool, false)
  })
}

variable "subnets" {
  type = list(string)
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "terraform_data" "instance" {
  count = var.settings.replicas

  input = {
    name   = format("%s-%02d", var.name, count.index + 1)
    subnet = element(var.subnets, count.index)
    tags   = merge(var.tags, { public = tostring(var.settings.public) })
  }
}

output "address" {
  value = "${var.name}:${var.settings.port}"
}
