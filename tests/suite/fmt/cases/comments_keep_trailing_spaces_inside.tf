# trailing   
locals {
  a = 1 # more   
  /* inside   
     more   */
}
