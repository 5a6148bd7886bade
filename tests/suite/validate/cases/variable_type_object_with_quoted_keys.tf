variable "a" {
  type = object({ "x" = string })
}
