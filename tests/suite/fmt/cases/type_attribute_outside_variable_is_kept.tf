resource "a" "b" {
  type = list
}
resource "c" "d" {
  type = "string"
}
variable "x" {
  nested {
    type = list
  }
}
type = map
