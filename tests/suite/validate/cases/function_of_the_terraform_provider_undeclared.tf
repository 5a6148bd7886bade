locals {
  a = provider::terraform::encode_expr(1)
}
