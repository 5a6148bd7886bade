variable "a" {
  type = object({
    a = optional(string, "a", "b")
  })
}
