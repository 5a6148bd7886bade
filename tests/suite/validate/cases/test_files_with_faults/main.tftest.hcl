run "one" {
  comand = plan
}
run "one" {
}
