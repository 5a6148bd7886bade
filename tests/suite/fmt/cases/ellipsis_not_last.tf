a = foo(x..., y)
