resource "terraform_data" "a" {
  dynamic "provisioner" {
    for_each = [1]
    content {
    }
  }
}
