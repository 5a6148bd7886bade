locals {
  a = foo("x", {
    b = 1
    ccc = 2
  }, [
    1
  ])
  d = [for x in y : x
  ]
}
