variable "name" {
  type        = string
  description = "What the service is called: part of the name of each replica."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "A service is called with small letters, digits and dashes, not \"${var.name}\"."
  }
}

variable "command" {
  type        = list(string)
  description = "The program and its arguments."

  validation {
    condition     = length(var.command) > 0
    error_message = "There is no program to run."
  }
}

variable "working_directory" {
  type        = string
  description = "Where the program starts. By default where terrace does."
  default     = null
}

variable "replicas" {
  type        = number
  description = "How many run side by side."
  default     = 1

  validation {
    condition     = var.replicas >= 1 && floor(var.replicas) == var.replicas
    error_message = "At least one whole replica is needed, not ${var.replicas}."
  }
}

variable "high_availability" {
  type        = bool
  description = "Whether the end of one replica may go unnoticed: then there are at least two."
  default     = false
}

variable "environment" {
  type        = map(string)
  description = "Environment variables. SERVICE, the name of the replica, is added."
  default     = {}
}

variable "secrets" {
  type        = map(string)
  description = "Environment variables that nobody is shown."
  default     = null
  sensitive   = true
}

variable "port" {
  type        = number
  description = "The port of the first replica, told to it as PORT; the next one has the next. 0 picks free ones, which stay."
  default     = null

  validation {
    condition     = var.port == null ? true : var.port >= 0 && var.port <= 65535
    error_message = "A port is between 0 and 65535."
  }
}

variable "readiness" {
  type = object({
    path    = optional(string)
    tcp     = optional(bool, false)
    command = optional(list(string))
    timeout = optional(string, "30s")
  })
  description = "When a replica counts as started: its port answers path over HTTP, or connections (tcp), or command ends well ($SERVICE in it is the replica's name)."
  default     = null

  validation {
    condition = var.readiness == null ? true : length([
      for given in [var.readiness.path != null, var.readiness.tcp, var.readiness.command != null] : given if given
    ]) == 1
    error_message = "Say one of path, tcp and command."
  }
}

variable "triggers" {
  type        = map(string)
  description = "What restarts every replica when it changes."
  default     = {}
}

variable "stop_grace" {
  type        = string
  description = "How long a replica has to end after it has been asked to."
  default     = "10s"
}
