output "x" {
  value = var.p
}
