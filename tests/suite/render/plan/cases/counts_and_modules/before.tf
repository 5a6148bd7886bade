resource "terraform_data" "c" {
  count = 3
  input = count.index
}
resource "terraform_data" "e" {
  for_each = toset(["a", "b"])
  input    = each.key
}
resource "terraform_data" "once" {
  input = "x"
}
module "m" {
  source   = "./m"
  for_each = toset(["x", "y"])
}
module "gone" {
  source = "./m"
}
