variable "a" {
  type = object({ (upper("x")) = string })
}
