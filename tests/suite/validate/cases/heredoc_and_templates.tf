variable "x" {}
locals {
  a = <<-EOT
    %{for y in [1, 2]~}
    ${y} ${var.x}
    %{endfor~}
  EOT
}
