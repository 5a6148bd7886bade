a = "​" # one
bb = "x" # two
