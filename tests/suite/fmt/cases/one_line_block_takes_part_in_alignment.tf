resource "a" "b" {
  x = 1
  y { zzz = 2 }
  longest = 2
}
