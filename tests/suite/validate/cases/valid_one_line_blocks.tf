variable "a" { default = 1 }
locals { b = var.a }
output "c" { value = local.b }
resource "terraform_data" "d" { input = local.b }
