variable "a" {
  type = "string"
}
variable "b" {
  type = "list"
}
variable "c" {
  type = "map"
}
variable "d" {
  type = "number"
}
variable "e" {
  type = "bool"
}
variable "f" {
  type = "set"
}
variable "g" {
  type = "any"
}
