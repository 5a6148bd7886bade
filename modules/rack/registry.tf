# The registry: one repository for each kind of image. A tag, once pushed, always means the same image.

locals {
  repositories = { for name in var.repositories : join("", [for word in regexall("[a-z0-9]+", name) : title(word)]) => name }

  registry = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Registry of ${var.name}"

    Resources = {
      for id, name in local.repositories : id => {
        Type                = "AWS::ECR::Repository"
        DeletionPolicy      = local.keep
        UpdateReplacePolicy = "Retain"

        Properties = merge(
          {
            RepositoryName             = "${var.name}/${name}"
            ImageTagMutability         = "IMMUTABLE"
            ImageScanningConfiguration = { ScanOnPush = true }
            EmptyOnDelete              = !var.protect_data

            LifecyclePolicy = {
              LifecyclePolicyText = jsonencode({
                rules = [{
                  rulePriority = 1
                  description  = "The latest ${var.images_kept}"
                  selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.images_kept }
                  action       = { type = "expire" }
                }]
              })
            }
          },
          length(var.repository_readers) == 0 ? {} : {
            RepositoryPolicyText = {
              Version = "2012-10-17"
              Statement = [{
                Effect    = "Allow"
                Principal = { AWS = [for account in var.repository_readers : { "Fn::Sub" = "arn:$${AWS::Partition}:iam::${account}:root" }] }
                Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
              }]
            }
          },
        )
      }
    }

    Outputs = { for id in keys(local.repositories) : id => { Value = { "Fn::GetAtt" = [id, "RepositoryUri"] } } }
  }
}

resource "aws_cloudformation_stack" "registry" {
  count = length(var.repositories) > 0 ? 1 : 0

  name     = "${var.name}-registry"
  template = local.registry
  tags     = var.tags

  lifecycle {
    precondition {
      condition     = length(local.repositories) == length(var.repositories)
      error_message = "Two repositories are called the same but for the marks between their words."
    }
  }
}
