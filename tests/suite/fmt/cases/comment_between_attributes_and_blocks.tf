resource "a" "b" {
  x = 1
  # comment for y

  # comment for block
  y {
    # only a comment
  }
  # after block
  zzzz = 2 # z
  # end
}
