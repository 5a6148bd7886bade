# The API as every environment has it: a bucket for what people upload, and a role that lets its pods reach the bucket and
# the database's password. It runs in a namespace that is called like the environment.

terraform {
  required_providers {
    aws = {
      source = "terrace/aws"
    }
  }
}

variable "name" {
  type        = string
  description = "What the environment is called."
}

variable "domain" {
  type        = string
  description = "Where people find it: pages from there may upload."
}

variable "cluster" {
  type        = string
  description = "The cluster that it runs in."
}

variable "database" {
  type        = string
  description = "The ARN of the secret with the database's password."
}

variable "protect_data" {
  type        = bool
  description = "Whether uploads stay when the environment goes."
}

resource "aws_cloudformation_stack" "api" {
  name         = "${var.name}-api"
  capabilities = ["CAPABILITY_IAM"]

  # The database's secret is not known before there is a database: it becomes a parameter of the stack by itself.
  template = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "API of ${var.name}"

    Resources = {
      Uploads = {
        Type                = "AWS::S3::Bucket"
        DeletionPolicy      = var.protect_data ? "Retain" : "Delete"
        UpdateReplacePolicy = "Retain"
        Properties = {
          VersioningConfiguration        = { Status = "Enabled" }
          PublicAccessBlockConfiguration = { BlockPublicAcls = true, BlockPublicPolicy = true, IgnorePublicAcls = true, RestrictPublicBuckets = true }
          CorsConfiguration              = { CorsRules = [{ AllowedMethods = ["PUT"], AllowedOrigins = ["https://${var.domain}"], AllowedHeaders = ["*"] }] }
        }
      }

      Role = {
        Type = "AWS::IAM::Role"
        Properties = {
          AssumeRolePolicyDocument = {
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }]
          }
          Policies = [{
            PolicyName = "api"
            PolicyDocument = {
              Version = "2012-10-17"
              Statement = [
                { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = [{ "Fn::Sub" = "$${Uploads.Arn}/*" }] },
                { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = [var.database] },
              ]
            }
          }]
        }
      }
    }

    Outputs = {
      Bucket  = { Value = { Ref = "Uploads" } }
      RoleArn = { Value = { "Fn::GetAtt" = ["Role", "Arn"] } }
    }
  }
}

resource "aws_eks_pod_identity_association" "api" {
  cluster_name    = var.cluster
  namespace       = var.name
  service_account = "api"
  role_arn        = aws_cloudformation_stack.api.outputs["RoleArn"]
}

output "bucket" {
  value = aws_cloudformation_stack.api.outputs["Bucket"]
}

output "namespace" {
  value = aws_eks_pod_identity_association.api.namespace
}
