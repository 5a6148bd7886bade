resource "terraform_data" "a" {
  input = { x = 1 }
  lifecycle {
    ignore_changes = [input.x, input["y"], triggers_replace[0]]
  }
}
