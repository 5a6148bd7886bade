locals {
  a = <<-EOT
  one
    two
  EOT
      bbb = 1
}
