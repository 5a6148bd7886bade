variable "a" {
  type = object({
  a=string
  b = optional(list(string),["x"])
      ccc = optional( object({d=number}) , {} )
  })
}
