output "list" {
  value = ["a"]
}
output "number" {
  value = 1
}
