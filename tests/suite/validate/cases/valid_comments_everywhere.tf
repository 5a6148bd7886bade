# one
// two
/* three */ variable "a" /* four */ { # five
  # six
  type = /* seven */ string // eight
} # nine
/* ten */
