locals {
  /* x */ a = 1
  bbbbb = 2
  /* yyyyyyyy */ c = 3
}
