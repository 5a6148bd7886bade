variable "number" {
  type      = number
  sensitive = true
}

variable "object" {
  type = object({ size = map(number) })

  ephemeral = true
}

variable "broken" {
  type      = list(string)
  sensitive = true
}

variable "plain" {
  type = number
}
