a = 1
bbb = 2
cc="x"
