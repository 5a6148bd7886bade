output "a" {
  value = fileexists("${path.module}/notes.md")
}
