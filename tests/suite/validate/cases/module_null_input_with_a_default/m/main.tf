variable "a" {
  type     = string
  nullable = false
  default  = "x"
}
