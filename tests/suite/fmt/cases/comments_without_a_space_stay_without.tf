#a
locals {
#b
a=1#c
}
