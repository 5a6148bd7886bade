# Roles of what AWS runs for the environment. Sizes are not in here: this stack changes with the module only.

locals {
  roles = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Roles of ${var.name}"

    Resources = {
      for id, role in {
        ClusterRole = { service = "eks", policies = ["AmazonEKSClusterPolicy"] }
        NodeRole    = { service = "ec2", policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"] }
        DiskRole    = { service = "pods.eks", policies = ["service-role/AmazonEBSCSIDriverPolicy"] }
        WatchRole   = { service = "pods.eks", policies = ["CloudWatchAgentServerPolicy"] }
        } : id => {
        Type = "AWS::IAM::Role"
        Properties = {
          Description              = "${id} of ${var.name}"
          AssumeRolePolicyDocument = local.trust[role.service]
          ManagedPolicyArns        = [for policy in role.policies : { "Fn::Sub" = "arn:$${AWS::Partition}:iam::aws:policy/${policy}" }]
        }
      }
    }

    Outputs = {
      for id in ["ClusterRole", "NodeRole", "DiskRole", "WatchRole"] : "${id}Arn" => { Value = { "Fn::GetAtt" = [id, "Arn"] } }
    }
  }

  # Who may take a role: a service; pods are also told from each other by the tags of their sessions.
  trust = {
    for service in ["eks", "ec2", "pods.eks"] : service => {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = "${service}.amazonaws.com" }
        Action    = startswith(service, "pods") ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
      }]
    }
  }
}

resource "aws_cloudformation_stack" "roles" {
  name         = "${var.name}-roles"
  template     = local.roles
  capabilities = ["CAPABILITY_IAM"]
  tags         = var.tags
}
