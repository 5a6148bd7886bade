locals {
  a = "日本語" # one
  b = "abc" # two
  c = "😀" # three
  d = "👨‍👩‍👧‍👦" # four
  e = "é" # five
  f = "한국" # six
}
