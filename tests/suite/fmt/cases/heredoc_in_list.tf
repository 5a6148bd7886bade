locals {
  a = [<<EOT
one
EOT
,
<<EOT
two
EOT
]
  b = [
<<EOT
one
EOT
    , "x",
    <<-EOT
    two
    EOT
  ]
}
