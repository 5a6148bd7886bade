terraform {
  required_version = ">= 1.0"
}
variable "v" {
  type = map(string)
  default = { a = "b" }
  description = "d"
}
variable "x" {
  default = 1
}
locals { l = terraform_data.a.id }
resource "terraform_data" "a" {
  input = { x = var.v["a"], y = local.l2, z = 1 + 2 }
  depends_on = [terraform_data.c]
  provisioner "local-exec" {
    command = "echo ${self.id}"
    when = create
  }
  lifecycle {
   precondition {
     condition = length(var.v) > 0
     error_message = "nope"
   }
  }
}
locals { l2 = "l2" }
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
resource "terraform_data" "e" {
  for_each = toset(["x"])
  input = "${each.key}-${terraform_data.c[0].id}-${data.terraform_remote_state.r.outputs.foo}-${path.module}"
  triggers_replace = [module.m["k"].o, terraform_data.c[*].id, -1, "lit", null]
}
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "./x.tfstate" }
  defaults = { foo = "d" }
}
module "m" {
  source = "./m"
  for_each = { k = 1 }
  i = each.value
  depends_on = [terraform_data.c]
}
output "o" {
  value = { a = module.m["k"].o }
  description = "oo"
  depends_on = [terraform_data.c]
}
output "k" { value = { a = [1, null] } }
check "ck" {
  assert {
    condition = terraform_data.c[0].id == "x"
    error_message = "bad"
  }
}
