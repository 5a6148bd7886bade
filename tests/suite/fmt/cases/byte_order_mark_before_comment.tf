# c
a=1
