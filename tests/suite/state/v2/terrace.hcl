environment "staging" {
  protect {
    deny_destroy = ["terraform_data.database"]
    overridable  = ["windows"]
  }
}
