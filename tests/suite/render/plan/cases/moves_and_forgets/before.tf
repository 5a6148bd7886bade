resource "terraform_data" "old" {
  input = "x"
}
resource "terraform_data" "old2" {
  input = ["x"]
}
resource "terraform_data" "forgotten" {
  input = "f"
}
resource "terraform_data" "first" {
  input = "f"
  triggers_replace = [1, 2, 3, 4]
  lifecycle {
    create_before_destroy = true
  }
}
