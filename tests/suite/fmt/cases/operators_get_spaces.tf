locals {
  a=1+2*3-4/5%6
  b=a==b&&c!=d||!e
  c=a<b||a<=b||a>b||a>=b
  d=a?b:c
  e=(a)+(b)
  f=( 1 )
}
