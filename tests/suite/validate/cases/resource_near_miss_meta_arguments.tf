resource "terraform_data" "a" {
  dependson = []
  foreach   = {}
  providers = {}
}
