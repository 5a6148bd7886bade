resource "a" "b" {
  lifecycle { create_before_destroy = true }
  x { a = 1 }
  longer { bb = 2 }
}
