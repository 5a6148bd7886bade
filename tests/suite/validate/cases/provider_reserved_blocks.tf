provider "terraform" {
  lifecycle {}
  locals {}
}
