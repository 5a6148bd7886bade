locals {
  a = [

    1,


    2,

  ]
  b = {

    x = 1

    yyy = 2

  }
  c = foo(

    1
    ,

    2

  )
}
