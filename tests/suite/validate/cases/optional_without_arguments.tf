variable "a" {
  type = object({
    a = optional()
  })
}
