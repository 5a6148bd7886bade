locals {
  a = templatestring("hello $${name}", { name = "x" })
}
