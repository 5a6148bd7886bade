resource "a {
}
