locals {
  a /* x */ = 1
  bbb = 2
}
