variable "s" { 
  default = "hush"
  sensitive = true 
}
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "b" {
  input = { name = "n", list = [1,2,3], nested = { a = true, b = null }, json = jsonencode({a=1,b=[1,2]}), text = "l1\nl2\nl3\n" , secret = var.s, u = terraform_data.a.id}
  triggers_replace = [terraform_data.a.id]
}
resource "terraform_data" "c" {
  count = 2
  input = "c${count.index}"
}
module "m" {
  source = "./m"
  for_each = toset(["x"])
}
output "o" {
 value = terraform_data.b.output
 sensitive = true
}
output "p" { value = { a = terraform_data.a.id , b = ["x"]} }
output "q" { value = "one\ntwo\n" }
