resource "a" "b" {
  depends_on = ["a.c", "${a.d}"]
  provider = "aws.east"
  lifecycle {
    ignore_changes = ["x", "${y}"]
  }
}
