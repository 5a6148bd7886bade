locals {
  a = {
  for k, v in y :
  k => v
  }
  b = { for k, v in y : k => {
  a = v
  bbb = v
  } if v }
  c = {
    for k, v in y : k => v
    if v != null
  }
}
