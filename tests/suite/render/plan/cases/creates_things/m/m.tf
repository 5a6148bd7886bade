resource "terraform_data" "in" { 
input = "i" 
}
