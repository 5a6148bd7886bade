locals {
      /* one
           two
    three */
  a = 1
  /*
   * stars
   */
  bbb = 2
}
