locals {
  a = <<EOT
${jsonencode({
a=1
bbb=[
2]
})}
EOT
}
