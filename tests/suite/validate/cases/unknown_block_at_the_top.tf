resourc "terraform_data" "a" {}
foo {}
