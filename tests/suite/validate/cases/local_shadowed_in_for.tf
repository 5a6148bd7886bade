locals {
  x = [for var in ["a"] : var]
  y = [for each in [1] : each]
  z = [for path in ["a"] : path.module]
}
