variable "a" {
  type    = object({ x = string })
  default = { x = "a", y = 1 }
}
