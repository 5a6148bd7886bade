locals {
  a = 1 /* one
     two */
  bbb = 2
}
