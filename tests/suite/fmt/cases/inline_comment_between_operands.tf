locals {
  a = 1/* x */+/* y */2
  b = foo(/* nothing */)
  c = foo(1,/* one */2/* two */)
  d = [/* nothing */]
  e = {/* nothing */}
}
