locals {
  a = [
  for x in y :
  x.name
      if x.enabled
  ]
  b = [for x in y : {
  a = x
  bbb = x
  }]
  c = [
    for x in y : [
    for z in x : z
    ]
  ]
  d = [for x in y :
  x]
}
