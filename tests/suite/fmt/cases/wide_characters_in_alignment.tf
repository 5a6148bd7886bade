locals {
  日本 = 1
  abc = 2
  é = 3
}
