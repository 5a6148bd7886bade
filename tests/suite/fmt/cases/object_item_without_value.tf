a = { b, c }
