locals {
a = [{
b = 1
c = 2
}]
d = foo([{
x = 1
}, {
y = 2
}])
}
