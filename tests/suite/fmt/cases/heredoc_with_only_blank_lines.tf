locals {
  a = <<-EOT

   

  EOT
}
