variable "a" {
  type    = list(object({ x = number }))
  default = [{ x = 1 }, { x = "b" }]
}
