terraform {
  required_version = "v1.11.4"
}
