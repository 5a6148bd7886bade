locals {
  a = {for x in y:"${x}"=>x...if x}
  b = {
  for x in y:
  x=>{
  a=x
  }...
  }
}
