resource "terraform_data" "b" {
  input = { name = "n", list = [1,2,9,4,5,7,8,10], nested = { a = true, b = "now", c = "x" }, json = jsonencode({a=1,b=[1,3]}), text = "l1\nl2b\nl3\n", nul = "v", nul2 = null, s = toset(["a","c"]), m = tomap({x=1,z=2}), js2 = "{\"a\":1}", ty = 5, ob = [{a=1,b=3},{a=4}], tn="a\nb\n", new=null }
}
resource "terraform_data" "r" {
 input = "1"
 triggers_replace = { a = 1, b = "y" }
}
output "o" { value = "y" }
output "p" { value = {a=1, b=["y"]}}
output "new" { value = terraform_data.r.id }
