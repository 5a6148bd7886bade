resource /* one */ "a" /* two */ "b" /* three */ {
  x = 1
}
