variable "v" { type = string }
output "len" { value = { l = length(var.v), path = path.module, root = path.root } }
