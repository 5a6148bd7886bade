resource "a" "b" {
x="${y}"
}
