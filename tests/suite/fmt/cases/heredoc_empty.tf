locals {
  a = <<EOT
EOT
  b = <<-X
  X
}
