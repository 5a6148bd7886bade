project "api-service" {
  description = "An API that was sized by conditions on the environment's name, and is sized by parameters now"
}

parameter "replicas" {
  differs     = "scale"
  description = "production answers everybody"
}

parameter "password_length" {
  differs     = "scale"
  description = "short ones can be typed while something is tried"
}

parameter "log_level" {
  differs     = "scale"
  description = "development talks more"
}

environment "development" {
  tier = "development"
  values = {
    log_level = "debug"
  }
}

environment "staging" {
  extends = "development"
  tier    = "staging"
  branch  = "staging"
  owners  = ["platform"]
  values = {
    log_level = "info"
  }
}

environment "production" {
  extends = "staging"
  tier    = "production"
  branch  = "main"
  owners  = ["platform"]
  values = {
    replicas        = 3
    password_length = 32
  }
}

preview {
  extends = "development"
  ttl     = "72h"
  limit   = 5
}
