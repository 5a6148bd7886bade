locals {
  a = [for x in y:x]
  b = [ for x,i in y : x if i ]
  c = [for x in[1,2]:x]
  d = [for x in y : -x]
  e = [for x in {a=1}:x]
  f = [for k , v in y : { k = v }]
}
