variable "provider" {}
