variable "a" {
  type = list
}
variable "b" {
  type = map
}
variable "c" {
  type = set
}
variable "d" {
  type = tuple
}
variable "e" {
  type = object
}
variable "f" {
  type = list(list)
}
variable "g" {
  type = string
}
