locals {
  aaaa = 1
  /* one
  two */ b = 1
  ccccccc = 1
}
