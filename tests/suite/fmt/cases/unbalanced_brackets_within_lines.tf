locals {
a = foo(bar(
1,
2), baz(
3,
4))
b = [[
1], [
2
]]
}
