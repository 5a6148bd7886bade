resource "terraform_data" "database" {
  input = "never destroyed"
}

resource "terraform_data" "server" {
  count = 2
  input = "server ${count.index}"
}
