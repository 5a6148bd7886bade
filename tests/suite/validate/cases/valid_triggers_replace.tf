resource "terraform_data" "a" {
  triggers_replace = [1, "x", { y = true }]
}
resource "terraform_data" "b" {
  triggers_replace = terraform_data.a.output
  input            = { nested = [terraform_data.a.id] }
}
