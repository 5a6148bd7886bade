variable "name" {
  type        = string
  description = "What the environment is called: part of every name, the cluster's whole name."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "An environment is called with 3 to 40 small letters, digits and dashes, not \"${var.name}\"."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of everything."
  default     = {}
}

# Where it is, and how much may fail

variable "zones" {
  type        = list(string)
  description = "Two or three availability zones of the provider's region. The first one has everything of which there is one only."

  validation {
    condition     = contains([2, 3], length(distinct(var.zones)))
    error_message = "Two or three different zones are needed, not ${length(distinct(var.zones))}."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]+(-[a-z]+)+-[0-9]+[a-f]$", zone))])
    error_message = "A zone is a region and a letter from a to f, such as eu-central-1a."
  }

  validation {
    condition     = length(distinct([for zone in var.zones : replace(zone, "/[a-f]$/", "")])) == 1
    error_message = "All zones belong to one region."
  }
}

variable "high_availability" {
  type        = bool
  description = "Whether the end of a zone may go unnoticed: a way out and nodes in every zone, a standby of the database in another."
  default     = false
}

# Network

variable "cidr" {
  type        = string
  description = "The addresses of the network, /16 to /20. Three quarters are for nodes and pods."
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr, 6, 63)) && can(regex("/(16|17|18|19|20)$", var.cidr))
    error_message = "A network has between /16 and /20 of IPv4 addresses, such as 10.0.0.0/16, not ${var.cidr}."
  }
}

variable "interface_endpoints" {
  type        = set(string)
  description = "Services of AWS that are reached without leaving the network, such as ecr.api, ecr.dkr, logs, sts; each costs by the hour and zone. S3 always is, which costs nothing."
  default     = []

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9][a-z0-9.-]*$", service))])
    error_message = "A service is named as in its endpoint, such as ecr.api."
  }
}

# Cluster

variable "kubernetes_version" {
  type        = string
  description = "Major and minor version of Kubernetes; raised one minor step at a time, never lowered."
  default     = "1.33"

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "A version of Kubernetes is one such as 1.33, not ${var.kubernetes_version}."
  }
}

variable "api_access" {
  type        = list(string)
  description = "Networks outside that may talk to the cluster's API. None: it is reached from inside only."
  default     = []

  validation {
    condition     = alltrue([for network in var.api_access : can(cidrnetmask(network))])
    error_message = "A network is one such as 198.51.100.0/24."
  }
}

variable "administrators" {
  type        = set(string)
  description = "Roles and users, by ARN, that may do everything in the cluster. Who makes it is one already."
  default     = []
}

variable "viewers" {
  type        = set(string)
  description = "Roles and users, by ARN, that may look at everything in the cluster but its secrets."
  default     = []
}

variable "cluster_log_types" {
  type        = set(string)
  description = "What the control plane writes down."
  default     = ["api", "audit", "authenticator"]

  validation {
    condition     = length(setsubtract(var.cluster_log_types, ["api", "audit", "authenticator", "controllerManager", "scheduler"])) == 0
    error_message = "The control plane knows api, audit, authenticator, controllerManager and scheduler."
  }
}

variable "addons" {
  type        = map(string)
  description = "Add-ons of the cluster and their versions; null is the one that AWS has chosen for the version of Kubernetes."
  default = {
    vpc-cni                         = null
    kube-proxy                      = null
    coredns                         = null
    eks-pod-identity-agent          = null
    aws-ebs-csi-driver              = null
    amazon-cloudwatch-observability = null
  }
}

# Nodes

variable "node_type" {
  type        = string
  description = "The instance type of the nodes, Intel, AMD or Graviton."
  default     = "t3.large"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.node_type))
    error_message = "An instance type is one such as m7g.large, not ${var.node_type}."
  }
}

variable "node_count" {
  type        = number
  description = "How many nodes there are in all. With high availability every zone has the same number of them, and at least one."
  default     = 2

  validation {
    condition     = var.node_count >= 1 && floor(var.node_count) == var.node_count
    error_message = "At least one whole node is needed, not ${var.node_count}."
  }
}

variable "node_count_max" {
  type        = number
  description = "How many nodes an autoscaler may make of them. By default twice as many."
  default     = null

  validation {
    condition     = var.node_count_max == null ? true : var.node_count_max >= var.node_count
    error_message = "There can be no fewer nodes at most than there are."
  }
}

variable "node_disk" {
  type        = number
  description = "The disk of each node in GiB."
  default     = 50

  validation {
    condition     = var.node_disk >= 20
    error_message = "A node needs 20 GiB for itself and its images."
  }
}

variable "node_pools" {
  type = map(object({
    type   = string
    count  = optional(number, 1)
    max    = optional(number)
    disk   = optional(number, 50)
    spot   = optional(bool, false)
    labels = optional(map(string), {})
    taints = optional(list(object({ key = string, value = optional(string), effect = optional(string, "NO_SCHEDULE") })), [])
  }))
  description = "Further nodes beside the main ones, by the name of their pool."
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.node_pools) : can(regex("^[a-z][a-z0-9]{0,11}$", name)) && name != "main"])
    error_message = "A pool is called with up to 12 small letters and digits, and not main."
  }

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.count >= 1 && coalesce(pool.max, pool.count) >= pool.count])
    error_message = "A pool has at least one node, and no fewer at most than it has."
  }
}

# Registry

variable "repositories" {
  type        = set(string)
  description = "The repositories for images, each as <name>/<repository>."
  default     = ["app"]

  validation {
    condition     = alltrue([for repository in var.repositories : can(regex("^[a-z][a-z0-9]*([._/-][a-z0-9]+)*$", repository))])
    error_message = "A repository is called with small letters, digits, and single marks . _ / - between them."
  }
}

variable "repository_readers" {
  type        = set(string)
  description = "Other accounts that may pull from the repositories."
  default     = []

  validation {
    condition     = alltrue([for account in var.repository_readers : can(regex("^[0-9]{12}$", account))])
    error_message = "An account has twelve digits."
  }
}

variable "images_kept" {
  type        = number
  description = "How many images a repository keeps, the latest ones."
  default     = 200

  validation {
    condition     = var.images_kept >= 1
    error_message = "The image that runs must be kept."
  }
}

# Database

variable "database_type" {
  type        = string
  description = "The instance class of the database."
  default     = "db.t4g.medium"

  validation {
    condition     = startswith(var.database_type, "db.")
    error_message = "A class is one such as db.t4g.medium, not ${var.database_type}."
  }
}

variable "database_version" {
  type        = string
  description = "The version of Postgres: a major one, whose minor ones come by themselves, or an exact one."
  default     = "17"

  validation {
    condition     = can(regex("^[0-9]{2}(\\.[0-9]+)?$", var.database_version))
    error_message = "A version of Postgres is one such as 17, not ${var.database_version}."
  }
}

variable "database_name" {
  type        = string
  description = "The first database. Another name later would be another database server: it is refused."
  default     = "app"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "A database is called with small letters, digits and underscores."
  }
}

variable "database_storage" {
  type        = number
  description = "The database's disk in GiB; it can grow, and not shrink."
  default     = 20

  validation {
    condition     = var.database_storage >= 20
    error_message = "The least is 20 GiB."
  }
}

variable "database_storage_max" {
  type        = number
  description = "How far the disk grows by itself. By default to five times what it is."
  default     = null
}

variable "backup_days" {
  type        = number
  description = "For how many days the database can be put back to any moment."
  default     = 7

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Backups are kept for 1 to 35 days."
  }
}

variable "protect_data" {
  type        = bool
  description = "Whether the database refuses to be deleted, and images and logs stay when the environment goes. Without it they go; the database leaves a last snapshot in any case."
  default     = true
}

# Logs

variable "log_retention_days" {
  type        = number
  description = "For how many days logs are kept."
  default     = 30

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 days, or some years."
  }
}
