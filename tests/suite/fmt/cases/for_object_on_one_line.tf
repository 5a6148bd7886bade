locals {
  a = {for k,v in y:k=>v}
  b = { for k , v in y : k => v... if v!=null }
  c = {for x in y:x.name=>x...}
  d = {for x in y : "${x}"=>[x]}
}
