locals {
  a = [<<EOT
x
EOT, 1]
}
