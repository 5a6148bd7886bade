locals {
  a = <<EOT
# not a comment
// nor this
/* nor this */
EOT
  # a comment
}
