# Roles of the programs in the cluster: a pod with the right service account has its role, and no key anywhere.

locals {
  workload_ids = { for name in keys(var.workloads) : name => join("", [for word in split("-", name) : title(word)]) }

  workloads = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Roles of the programs of ${var.name}"

    Parameters = { SecretArn = { Type = "String" } }

    Resources = {
      for name, workload in var.workloads : local.workload_ids[name] => {
        Type = "AWS::IAM::Role"
        Properties = {
          Description              = "${name} of ${var.name}"
          AssumeRolePolicyDocument = local.trust["pods.eks"]
          ManagedPolicyArns        = workload.policies

          Policies = [
            for action in ["secretsmanager:GetSecretValue"] : {
              PolicyName = "database"
              PolicyDocument = {
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = [action], Resource = [{ Ref = "SecretArn" }] }]
              }
            } if workload.database
          ]
        }
      }
    }

    Outputs = { for id in values(local.workload_ids) : id => { Value = { "Fn::GetAtt" = [id, "Arn"] } } }
  }
}

resource "aws_cloudformation_stack" "workloads" {
  count = length(var.workloads) > 0 ? 1 : 0

  name         = "${var.name}-workloads"
  template     = local.workloads
  capabilities = ["CAPABILITY_IAM"]
  parameters   = { SecretArn = aws_cloudformation_stack.database.outputs["SecretArn"] }
  tags         = var.tags
}

resource "aws_eks_pod_identity_association" "workload" {
  for_each = var.workloads

  cluster_name    = aws_eks_cluster.cluster.name
  namespace       = each.value.namespace
  service_account = coalesce(each.value.service_account, each.key)
  role_arn        = aws_cloudformation_stack.workloads[0].outputs[local.workload_ids[each.key]]
  tags            = var.tags
}
