terraform {
  required_providers {
    terraform = 5
  }
}
