moved {
  from = terraform_data.q
  to   = terraform_data.r
}
