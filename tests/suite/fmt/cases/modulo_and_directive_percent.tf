locals {
  a = b%c
  d = "%${b}%"
  e = "%{if a%b==0}x%{endif}"
}
