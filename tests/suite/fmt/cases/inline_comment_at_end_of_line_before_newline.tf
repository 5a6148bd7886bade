locals {
  a = 1 /* one */
  bbb = 2 /* two */ # three
  cc = 3 /* four */ /* five */
}
