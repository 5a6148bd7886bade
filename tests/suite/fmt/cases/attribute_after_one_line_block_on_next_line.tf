resource "a" "b" {
  y {}
  x = 1
  z { a = 1 }
  longer = 2
}
