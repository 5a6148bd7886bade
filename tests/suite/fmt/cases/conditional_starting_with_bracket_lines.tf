locals {
  a = (
  (x && y)
  || (
  z
  )
  ) ? 1 : 2
  b = 3
}
