output "x" {
  value     = 1
  ephemeral = true
}
