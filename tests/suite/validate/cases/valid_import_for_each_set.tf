import {
  for_each = toset(["a", "b"])
  to       = terraform_data.x[each.value]
  id       = upper(each.key)
}
resource "terraform_data" "x" {
  for_each = toset(["a", "b"])
}
