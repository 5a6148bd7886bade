locals {
  a = {
    for k, v in y :
    "${k}-longer" => merge(v, {
      a = 1
      bbb = 2
    })
  }
}
