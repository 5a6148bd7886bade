output "value" {
  value = { nested = { list = ["x"] } }
}
