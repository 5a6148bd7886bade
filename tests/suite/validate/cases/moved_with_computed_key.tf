moved {
  from = terraform_data.a
  to   = terraform_data.a[var.x]
}
variable "x" {}
