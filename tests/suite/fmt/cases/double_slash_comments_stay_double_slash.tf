//a
//b
locals {
  a=1 //c
  //d
}
