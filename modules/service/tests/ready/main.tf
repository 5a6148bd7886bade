# A replica counts as started when it says so, and not before.

module "service" {
  source = "../.."

  name      = "ready"
  command   = ["/bin/sh", "-c", "mkdir -p spool; sleep 0.2; echo up >spool/$SERVICE; exec sleep 600"]
  replicas  = 2
  readiness = { command = ["test", "-s", "spool/$SERVICE"], timeout = "20s" }
}

data "local_file" "said" {
  for_each = toset(module.service.names)

  filename   = "spool/${each.key}"
  depends_on = [module.service]
}

output "said" {
  value = [for file in data.local_file.said : trimspace(file.content)]

  precondition {
    condition     = alltrue([for file in data.local_file.said : trimspace(file.content) == "up"])
    error_message = "A replica counted as started before it was."
  }
}
