locals {
  é = 1
  longer = 2
}
