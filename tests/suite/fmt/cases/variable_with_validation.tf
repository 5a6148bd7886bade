variable "x" {
type=number
validation {
condition=var.x>0&&var.x<10
error_message=<<-E
bad
E
}
}
