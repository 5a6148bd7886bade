variable "a" {

}
