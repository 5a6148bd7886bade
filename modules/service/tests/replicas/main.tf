# Two replicas where one was asked for, since one may fail; each is told its name and gets a port of its own.

module "service" {
  source = "../.."

  name              = "two"
  command           = ["/bin/sh", "-c", "echo $SERVICE $PORT $GREETING $TOKEN; exec sleep 600"]
  high_availability = true
  environment       = { GREETING = "hello" }
  secrets           = { TOKEN = "not to be seen" }
  port              = 0
}

output "names" {
  value = module.service.names

  precondition {
    condition     = module.service.names == ["two-01", "two-02"]
    error_message = "There are ${length(module.service.names)} replicas."
  }

  precondition {
    condition     = length(toset(module.service.urls)) == 2
    error_message = "Both answer at the same address."
  }

  precondition {
    condition     = keys(module.service.pids) == module.service.names
    error_message = "Not every replica has a process."
  }
}
