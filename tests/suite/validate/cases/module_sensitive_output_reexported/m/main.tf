output "b" {
  value     = "s"
  sensitive = true
}
