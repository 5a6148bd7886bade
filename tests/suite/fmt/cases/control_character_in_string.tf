a = "xy"   # c
