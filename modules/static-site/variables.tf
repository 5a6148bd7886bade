variable "folder" {
  type        = string
  description = "The folder whose files are served."
}

variable "generated" {
  type        = map(string)
  description = "Files beside those of the folder, by their path."
  default     = {}
}

variable "documents" {
  type        = any
  description = "Documents that are served as JSON, by their path."
  default     = {}
}

variable "port" {
  type        = number
  description = "The port; 0 picks a free one, which stays."
  default     = 0

  validation {
    condition     = var.port >= 0 && var.port <= 65535
    error_message = "A port is between 0 and 65535."
  }
}

variable "host" {
  type        = string
  description = "The address to listen on."
  default     = "127.0.0.1"
}

variable "index" {
  type        = string
  description = "What a folder answers with."
  default     = "index.html"
}

variable "not_found" {
  type        = string
  description = "What is answered where nothing is; by default a line of text."
  default     = null
}
