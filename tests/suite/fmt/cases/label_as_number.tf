variable 1 {}
