resource "terraform_data" "a" {
  input = 1
}
check "one" {
  assert {
    condition     = terraform_data.a.output == 1
    error_message = "Not ${terraform_data.a.output}."
  }
  assert {
    condition     = length(terraform_data.a.id) > 0
    error_message = "No id."
  }
}
