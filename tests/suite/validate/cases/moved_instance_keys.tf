moved {
  from = terraform_data.a
  to   = terraform_data.a[0]
}
moved {
  from = terraform_data.b["x"]
  to   = terraform_data.b["y"]
}
resource "terraform_data" "a" {
  count = 1
}
resource "terraform_data" "b" {
  for_each = toset(["y"])
}
