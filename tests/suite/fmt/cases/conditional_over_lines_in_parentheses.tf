locals {
  a = (var.x
      ? 1
  : 2)
  b = (
  var.x == 1 ? "one" :
  var.x == 2 ? "two" :
  "many"
  )
}
