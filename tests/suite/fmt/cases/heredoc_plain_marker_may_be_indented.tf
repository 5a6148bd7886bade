locals {
  a = <<EOT
one
     EOT
}
