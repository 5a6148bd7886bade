   # one
  /* two */
// three
