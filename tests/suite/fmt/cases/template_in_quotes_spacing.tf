locals {
  a = "x ${ var.x } y ${foo( 1,2 )}"
  b = "${ a }${  b  }"
  c = "${a+b}-${a?b:c}"
  d = "${ {a=1} }x"
  e = "${[ 1,2 ]}x"
  f = "x${~a~}y${~ a ~}z"
  g = "$${ a } %%{ b }"
}
