resource "terraform_data" "1x" {}
resource "terraform data" "y" {}
