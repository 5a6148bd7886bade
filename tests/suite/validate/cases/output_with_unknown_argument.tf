output "a" {
  value = 1
  typ   = string
}
