output "z" {
  value = 1
}
