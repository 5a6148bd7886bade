variable "a" {type=string}
variable   "b"   {   type   =   string   }
variable "c" { default = { a=1,b=2 } }
