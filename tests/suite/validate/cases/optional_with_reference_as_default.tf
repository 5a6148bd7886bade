variable "a" {
  type = object({
    a = optional(string, var.b)
  })
}
variable "b" {}
