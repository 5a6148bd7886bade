resource "terraform_data" "a" {
  input = 1
  lifecycle {
    create_before_destroy = true
    prevent_destroy       = false
    ignore_changes        = [input]
    replace_triggered_by  = [terraform_data.b.id, terraform_data.b]
    precondition {
      condition     = path.module != ""
      error_message = "Bad."
    }
    postcondition {
      condition     = self.output == 1
      error_message = "Bad."
    }
  }
}
resource "terraform_data" "b" {}
