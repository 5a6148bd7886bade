variable "a" {
  type = "string" # why
  default = 1 # x
}
variable "b" {
  type = /* c */ list
}
