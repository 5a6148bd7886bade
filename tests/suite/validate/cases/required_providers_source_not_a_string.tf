terraform {
  required_providers {
    x = { source = ["a"] }
  }
}
