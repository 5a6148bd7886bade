locals {
  a = <<OUTER
x ${foo(<<INNER
inner
INNER
)} y
OUTER
}
