locals {
  a = timestamp()
  b = plantimestamp()
  c = uuid()
  d = bcrypt("x")
  e = formatdate("YYYY", timestamp())
}
