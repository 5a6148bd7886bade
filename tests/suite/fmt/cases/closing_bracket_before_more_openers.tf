locals {
  a = foo(
1
) + bar(
2
)
  b = {
x = 1 }
  c = 3
}
