variable "secret" {
  default   = "hidden"
  sensitive = true
}
resource "terraform_data" "kept" {
  for_each = { a = 1, "b c" = 2 }
  input    = each.key == "a" ? each.value : var.secret
}
resource "local_file" "file" {
  count    = 3
  filename = "out/${count.index}"
  content  = "file ${count.index} of ${terraform_data.kept["a"].output}"
}
resource "random_pet" "name" {
  prefix = "v1"
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "failing" {
  depends_on = [random_pet.name]
  provisioner "local-exec" { command = "true" }
}
check "always" {
  assert {
    condition     = terraform_data.kept["a"].output == 1
    error_message = "It is one."
  }
}
output "all" {
  value     = { for key, one in terraform_data.kept : key => one.output }
  sensitive = true
}
output "name" {
  value = random_pet.name.id
}
