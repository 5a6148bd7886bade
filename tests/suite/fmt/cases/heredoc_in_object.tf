locals {
  a = {
    b = <<EOT
one
EOT
    ccccc = 2
    d = <<-EOT
      two
    EOT
    e = 3
  }
}
