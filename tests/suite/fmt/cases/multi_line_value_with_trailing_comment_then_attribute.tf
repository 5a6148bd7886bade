locals {
  a = foo(
    1
  ) # closes
  bbb = 2 # two
}
