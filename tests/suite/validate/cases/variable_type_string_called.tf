variable "a" {
  type = string()
}
