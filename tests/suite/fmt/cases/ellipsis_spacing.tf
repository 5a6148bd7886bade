locals {
  a = foo(b...)
  c = foo(b  ...  )
  d = foo([1,2] ... )
  e = {for x in y: x=>x ...}
}
