locals {
a = 1
   
bbbbbb = 2
}
