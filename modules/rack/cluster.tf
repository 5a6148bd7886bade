# The cluster, its add-ons, and who may enter it.

resource "aws_eks_cluster" "cluster" {
  name                      = var.name
  version                   = var.kubernetes_version
  role_arn                  = aws_cloudformation_stack.roles.outputs["ClusterRoleArn"]
  enabled_cluster_log_types = var.cluster_log_types
  tags                      = var.tags

  vpc_config {
    subnet_ids              = split(",", aws_cloudformation_stack.network.outputs["PrivateSubnetIds"])
    endpoint_private_access = true
    endpoint_public_access  = length(var.api_access) > 0
    public_access_cidrs     = length(var.api_access) > 0 ? var.api_access : null
  }

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }

  lifecycle {
    # A cluster keeps the role that it was made with: another would be another cluster.
    ignore_changes = [role_arn]
  }

  depends_on = [aws_cloudformation_stack.logs]
}

locals {
  # The add-ons that talk to AWS, by whom and as whom they do.
  addon_roles = {
    aws-ebs-csi-driver              = { service_account = "ebs-csi-controller-sa", role = "DiskRoleArn" }
    amazon-cloudwatch-observability = { service_account = "cloudwatch-agent", role = "WatchRoleArn" }
  }
}

resource "aws_eks_addon" "addon" {
  for_each = var.addons

  cluster_name                = aws_eks_cluster.cluster.name
  addon_name                  = each.key
  addon_version               = each.value
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  tags                        = var.tags

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.addon_roles), each.key) ? [local.addon_roles[each.key]] : []

    content {
      service_account = pod_identity_association.value.service_account
      role_arn        = aws_cloudformation_stack.roles.outputs[pod_identity_association.value.role]
    }
  }

  # Most of them are pods, and healthy on a node only.
  depends_on = [aws_eks_node_group.nodes]
}

locals {
  entries = merge(
    { for principal in var.viewers : principal => "AmazonEKSAdminViewPolicy" },
    { for principal in var.administrators : principal => "AmazonEKSClusterAdminPolicy" },
  )
}

data "aws_partition" "current" {}

resource "aws_eks_access_entry" "entry" {
  for_each = local.entries

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = each.key
  tags          = var.tags
}

resource "aws_eks_access_policy_association" "policy" {
  for_each = local.entries

  cluster_name  = aws_eks_cluster.cluster.name
  principal_arn = aws_eks_access_entry.entry[each.key].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/${each.value}"

  access_scope {
    type = "cluster"
  }
}
