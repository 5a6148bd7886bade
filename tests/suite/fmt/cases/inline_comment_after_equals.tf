locals {
  a = /* x */ 1
  bbb =/* y */2
}
