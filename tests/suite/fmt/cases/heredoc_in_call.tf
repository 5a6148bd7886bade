locals {
  a = foo(<<EOT
one
EOT
,2)
  b = foo(1,<<-EOT
    one
    EOT
  )
  c = chomp(<<EOT
x
EOT
)
}
