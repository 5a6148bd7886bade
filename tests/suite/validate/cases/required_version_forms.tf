terraform {
  required_version = "~> 1.1, != 1.2.0, >= 1, <1.12,>1.0.9 , 1.11.4"
}
