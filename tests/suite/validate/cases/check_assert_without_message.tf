check "health" {
  assert {
    condition = path.module != ""
  }
}
