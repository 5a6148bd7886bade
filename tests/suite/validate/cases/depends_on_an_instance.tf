resource "terraform_data" "a" {
  count = 1
}
resource "terraform_data" "b" {
  depends_on = [terraform_data.a[0]]
}
