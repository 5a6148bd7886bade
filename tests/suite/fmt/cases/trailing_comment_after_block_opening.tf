resource "a" "b" { # opens
  x = 1 # x
  yyyyy = 2 # y
} # closes
