variable "n" {
  type = number
}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.n > 0
      error_message = "n must be positive."
    }
    postcondition {
      condition     = self.id != ""
      error_message = "No id for ${self.id}."
    }
  }
}
data "terraform_remote_state" "d" {
  backend = "local"
  lifecycle {
    precondition {
      condition     = var.n > 0
      error_message = "n must be positive."
    }
    postcondition {
      condition     = self.outputs != null
      error_message = "No outputs."
    }
  }
}
output "o" {
  value = var.n
  precondition {
    condition     = terraform_data.a.id != ""
    error_message = "No id."
  }
}
