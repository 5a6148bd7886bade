# one
// two
locals {
  a = 1 # x
  bbb = 22 // y
  /* a
 b */
}
