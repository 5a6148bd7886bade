locals {
  a = (var.x ? <<A
one
A
: <<B
two
B
)
}
