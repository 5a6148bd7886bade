provider "terraform" {
  alias = "east"
}
provider "terraform" {
  alias = "east"
}
