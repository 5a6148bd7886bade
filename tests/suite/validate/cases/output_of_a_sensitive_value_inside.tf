output "x" {
  value = { a = [sensitive(1)] }
}
