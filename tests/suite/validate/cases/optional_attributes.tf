variable "a" {
  type = object({
    a = optional(string)
    b = optional(number, 1)
    c = optional(list(string), ["x"])
    d = optional(object({ e = optional(bool, true) }), {})
  })
  default = {}
}
