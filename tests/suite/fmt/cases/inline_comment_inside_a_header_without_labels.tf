locals /* c */ {
  a = 1
}
