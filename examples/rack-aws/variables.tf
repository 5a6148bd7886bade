variable "environment" {
  type        = string
  description = "Which environment this is: part of every name."
}

variable "account" {
  type        = string
  description = "The AWS account that the environment is in."

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account has twelve digits, not \"${var.account}\"."
  }
}

variable "region" {
  type        = string
  description = "The region that the environment is in."
  default     = "eu-central-1"
}

variable "host" {
  type        = string
  description = "The rack that this environment is a guest on. By default it has one for itself."
  default     = null
}

variable "zones" {
  type        = list(string)
  description = "The letters of its zones."
  default     = ["a", "b", "c"]
}

variable "domain" {
  type        = string
  description = "Where people find it."
}

variable "administrators" {
  type        = set(string)
  description = "Who may do everything in the cluster."
  default     = []
}

variable "high_availability" {
  type        = bool
  description = "Whether the end of a zone may go unnoticed."
  default     = false
}

variable "node_type" {
  type        = string
  description = "The instance type of the nodes."
  default     = "t4g.large"
}

variable "node_count" {
  type        = number
  description = "How many nodes there are in all."
  default     = 2
}

variable "database_type" {
  type        = string
  description = "The instance class of the database."
  default     = "db.t4g.medium"
}

variable "database_storage" {
  type        = number
  description = "The database's disk in GiB."
  default     = 20
}

variable "backup_days" {
  type        = number
  description = "For how many days the database can be put back to any moment."
  default     = 1
}

variable "protect_data" {
  type        = bool
  description = "Whether data outlives the environment."
  default     = false
}

variable "log_retention_days" {
  type        = number
  description = "For how many days logs are kept."
  default     = 7
}
