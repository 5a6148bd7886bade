provider "terraform" {
  _ {
    x = 1
  }
}
