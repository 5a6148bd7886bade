locals {
  a = <<EOT
  indented
not indented
      more
EOT
  b = 1
}
