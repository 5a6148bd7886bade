locals {
  a = <<EOT
before ${
foo(
1,
2)
} after
EOT
  b = 2
}
