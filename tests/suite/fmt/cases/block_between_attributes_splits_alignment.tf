resource "a" "b" {
  x = 1
  longest = 2
  y {}
  z = 3
  yyyyyyy = 3
}
