locals {
  a = "x ${foo("y ${bar("z")}")}"
  b = "${a["x"]}${a [ "y" ]}"
}
