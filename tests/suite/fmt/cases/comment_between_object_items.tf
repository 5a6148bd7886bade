locals {
  a = {
    # first
    x = 1
    // second
    yyy = 2
    /* third */
    z = 3, # fourth
    wwwww = 4
  }
}
