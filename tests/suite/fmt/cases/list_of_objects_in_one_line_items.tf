locals {
  a = [
    {name="a",size=1},
    {name="bbbb",size=22},
    { name = "c" , size=333 },
  ]
}
