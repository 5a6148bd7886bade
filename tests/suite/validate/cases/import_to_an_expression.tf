import {
  to = upper("x")
  id = "1"
}
