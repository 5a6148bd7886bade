locals {
  a = foo(1, /* one
     two */ 2)
  bbb = 2
}
