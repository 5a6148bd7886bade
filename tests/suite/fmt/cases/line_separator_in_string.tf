a = "x y" # one
bb = "x" # two
