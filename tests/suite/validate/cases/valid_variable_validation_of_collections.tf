variable "ports" {
  type = list(number)
  validation {
    condition     = alltrue([for p in var.ports : p > 0 && p < 65536])
    error_message = "Ports must lie between 1 and 65535, but are: ${join(", ", var.ports)}."
  }
  validation {
    condition     = length(distinct(var.ports)) == length(var.ports)
    error_message = "Ports must differ."
  }
}
