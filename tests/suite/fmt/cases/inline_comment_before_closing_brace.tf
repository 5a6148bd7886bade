locals {
  a = 1
/* x */ }
b /* y */ = 2
