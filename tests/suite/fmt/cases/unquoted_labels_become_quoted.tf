variable foo {
}
resource foo bar {
}
data   "foo"   bar   {}
