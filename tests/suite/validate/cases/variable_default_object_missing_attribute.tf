variable "a" {
  type    = object({ x = string, y = number })
  default = { x = "a" }
}
