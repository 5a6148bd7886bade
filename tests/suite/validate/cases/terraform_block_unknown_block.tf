terraform {
  backends "local" {}
}
