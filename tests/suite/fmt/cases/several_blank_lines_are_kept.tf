a = 1



b = 2
locals {


  x = 1


}


