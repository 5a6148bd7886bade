locals {
  a = 1
  bbb = <<EOT
x
EOT
  ccccccc = 2
}
