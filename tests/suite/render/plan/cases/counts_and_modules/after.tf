resource "terraform_data" "c" {
  count = 2
  input = count.index + 1
}
resource "terraform_data" "e" {
  for_each = toset(["b", "c"])
  input    = each.key
}
resource "terraform_data" "once" {
  for_each = toset(["k"])
  input    = "x"
}
module "m" {
  source   = "./m"
  for_each = toset(["x", "z"])
}
