a = 1
bbbbb = 2

cccccccccc = 3
d = 4
