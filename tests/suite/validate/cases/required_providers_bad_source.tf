terraform {
  required_providers {
    x = { source = "a/b/c/d" }
    y = { source = "-/x" }
    z = { source = "" }
    w = { source = "b ad/x" }
  }
}
