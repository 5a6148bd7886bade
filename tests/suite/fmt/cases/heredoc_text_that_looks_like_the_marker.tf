locals {
  a = <<EOT
EOTX
 xEOT
EOT X
EOT
}
