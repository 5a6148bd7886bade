# Log groups, made before what writes into them: a group that a service makes for itself keeps everything for good.

locals {
  log_groups = {
    Cluster      = "/aws/eks/${var.name}/cluster"
    Applications = "/aws/containerinsights/${var.name}/application"
    Nodes        = "/aws/containerinsights/${var.name}/host"
    Dataplane    = "/aws/containerinsights/${var.name}/dataplane"
    Metrics      = "/aws/containerinsights/${var.name}/performance"
    Database     = "/aws/rds/instance/${var.name}/postgresql"
  }

  logs = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Logs of ${var.name}"

    Resources = {
      for id, name in local.log_groups : id => {
        Type                = "AWS::Logs::LogGroup"
        DeletionPolicy      = local.keep
        UpdateReplacePolicy = "Retain"
        Properties          = { LogGroupName = name, RetentionInDays = var.log_retention_days }
      }
    }
  }
}

resource "aws_cloudformation_stack" "logs" {
  name     = "${var.name}-logs"
  template = local.logs
  tags     = var.tags
}
