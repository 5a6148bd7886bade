a‍b = 1
ccccc = 2
