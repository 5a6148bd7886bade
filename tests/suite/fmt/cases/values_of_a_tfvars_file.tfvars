a=1
bbb="x" # c
list=[
1,
2]
m={a=1,b="${x}"}
type = list
