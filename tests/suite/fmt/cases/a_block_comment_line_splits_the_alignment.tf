locals {
  a = 1
  /* between */
  bbbbbb = 2
}
