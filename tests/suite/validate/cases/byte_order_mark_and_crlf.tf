variable "a" {
  default = "x"
}
locals {
  b = <<EOT
line
EOT
}
