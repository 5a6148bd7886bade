locals {
  a = try(file("nope.txt"), "")
  b = can(file("nope.txt"))
  c = fileexists("nope.txt") ? file("nope.txt") : ""
}
