variable "a" {
}
variable "b"
{
}
