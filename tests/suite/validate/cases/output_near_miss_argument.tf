output "a" {
  vlaue = 1
}
