locals {
# a
      // b
   /* c */
  x = 1
         # last
}
# outside
   # outside too
