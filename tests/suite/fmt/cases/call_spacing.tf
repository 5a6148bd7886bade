locals {
  a = foo ( 1 , 2 )
  b = foo( )
  c = foo(bar( baz ( 1 ) ) )
  d = foo(1,2,)
  e = foo(local.x ...)
  f = provider::terraform::encode_expr( 1 )
  g = provider :: terraform :: encode_expr (1)
}
