resource "terraform_data" "b" {
  input = { name = "n", list = [1,2,3,4,5,6,7,8], nested = { a = true, b = null, c = "x" }, json = jsonencode({a=1,b=[1,2]}), text = "l1\nl2\nl3\n", gone = "g", nul = null, nul2 = "v", s = toset(["a","b"]), m = tomap({x=1,y=2}), js2 = "{\"a\": 1}", ty = "str", ob = [{a=1,b=2},{a=3}], tn="a\nb" }
}
resource "terraform_data" "r" {
 input = "1"
 triggers_replace = { a = 1, b = "x" }
}
resource "terraform_data" "d" {
 input = { a = 1, n = null }
}
output "o" { value = "x" }
output "p" { value = {a=1, b=["x"]}}
output "gone" { value = {a=1} }
