locals {
  a = 1 # one
  # two
  bbbbbb = 1 # three
        # four aligned by hand
  c = 1
}
