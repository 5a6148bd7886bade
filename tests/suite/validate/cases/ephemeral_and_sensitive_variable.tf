variable "s" {
  type      = string
  ephemeral = true
  sensitive = true
  default   = null
}
