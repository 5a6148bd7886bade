variable "v" {
  default = 1
  validation {
    condition     = var.v > 0
    error_message = "Too small."
  }
}
module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
}
data "terraform_remote_state" "r" {
  count    = 2
  backend  = "local"
  config   = { path = "x.tfstate" }
  defaults = {}
  lifecycle {
    postcondition {
      condition     = self.backend == "local"
      error_message = "Not local."
    }
  }
}
check "bad" {
  assert {
    condition     = var.v == 2
    error_message = "It is not two."
  }
  assert {
    condition     = var.v == 3
    error_message = "It is not three."
  }
}
