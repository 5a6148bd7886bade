variable "servers" {
  type = map(object({
    size = number
    tags = optional(map(string), {})
  }))
  default = {
    a = { size = 1 }
  }
}
resource "terraform_data" "s" {
  for_each = { for k, v in var.servers : k => v if v.size > 0 }
  input    = merge(each.value.tags, { size = each.value.size })
}
output "ids" {
  value = { for k, s in terraform_data.s : k => s.id }
}
