output "b" {
}
