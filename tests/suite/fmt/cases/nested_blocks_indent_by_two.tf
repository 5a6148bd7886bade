resource "a" "b" {
x {
y {
z {
w = 1
}
}
}
}
