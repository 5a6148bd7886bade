variable "v" {
  type = object({ a = object({ b = list(object({ c = map(string) })) }) })
}
output "o" {
  value = var.v.a.b[0].c["x"]
}
