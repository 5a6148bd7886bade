variable "a" {
  type = "text"
}
