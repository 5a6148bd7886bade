moved {
  from = terraform_data.a[0]
  to   = terraform_data.b["x"]
}
moved {
  from = terraform_data.a[1.5]
  to   = terraform_data.b[true]
}
