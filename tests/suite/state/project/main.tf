variable "pw" {
  sensitive = true
  default   = "s3cret"
  validation {
    condition     = length(var.pw) > 2
    error_message = "x"
  }
}
resource "terraform_data" "a" { input = var.pw }
resource "terraform_data" "b" {
  count            = 2
  input            = { a = terraform_data.a.output, n = 1.5, l = [1, "x", null], "<é" = true, pw = [var.pw] }
  triggers_replace = [count.index]
  lifecycle {
    create_before_destroy = true
    precondition {
      condition     = terraform_data.a.id != ""
      error_message = "no"
    }
  }
}
resource "terraform_data" "c" {
  for_each   = toset(["x", "y\"z"])
  input      = terraform_data.b[0].output
  depends_on = [module.m]
}
module "m" {
  source   = "./m"
  for_each = { k = 1 }
}
module "m2" {
  source     = "./m"
  depends_on = [terraform_data.c]
}
check "h" {
  assert {
    condition     = terraform_data.a.id == "zz"
    error_message = "nope"
  }
}
output "o" {
  value     = terraform_data.b
  sensitive = true
}
output "p" { value = module.m }
output "s" {
  value     = var.pw
  sensitive = true
}
output "n" { value = null }
