# The nodes: each pool has a group in the first zone, or with high availability one in every zone. A group for each zone
# lets volumes follow their pods, and more or fewer zones leave the other groups as they are.

locals {
  pools = merge(
    { main = { type = var.node_type, count = var.node_count, max = var.node_count_max, disk = var.node_disk, spot = false, labels = {}, taints = [] } },
    var.node_pools,
  )

  groups = merge([
    for letter in keys(local.homes) : {
      for name, pool in local.pools : "${name}-${lower(letter)}" => {
        pool   = name
        letter = letter
        count  = ceil(pool.count / length(local.homes))
        max    = ceil(coalesce(pool.max, pool.count * 2) / length(local.homes))
      }
    }
  ]...)
}

resource "aws_eks_node_group" "nodes" {
  for_each = local.groups

  cluster_name           = aws_eks_cluster.cluster.name
  node_group_name_prefix = "${each.key}-"
  version                = aws_eks_cluster.cluster.version
  node_role_arn          = aws_cloudformation_stack.roles.outputs["NodeRoleArn"]
  subnet_ids             = [aws_cloudformation_stack.network.outputs["PrivateSubnet${each.value.letter}"]]

  instance_types = [local.pools[each.value.pool].type]
  capacity_type  = local.pools[each.value.pool].spot ? "SPOT" : "ON_DEMAND"
  disk_size      = local.pools[each.value.pool].disk
  labels         = merge({ pool = each.value.pool }, local.pools[each.value.pool].labels)
  tags           = var.tags

  # Graviton has a g after its generation: m7g, c6gn, t4g.
  ami_type = can(regex("^[a-z]+[0-9]+g", local.pools[each.value.pool].type)) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD"

  scaling_config {
    desired_size = each.value.count
    min_size     = each.value.count
    max_size     = max(each.value.count, each.value.max)
  }

  update_config {
    max_unavailable = 1
  }

  dynamic "taint" {
    for_each = local.pools[each.value.pool].taints

    content {
      key    = taint.value.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  lifecycle {
    # Another type or disk is another group: it is there before the pods leave this one.
    create_before_destroy = true

    # Where a group is and as whom its nodes speak follows from the module, and is asked for once.
    ignore_changes = [node_role_arn, subnet_ids]
  }

  # Nodes need a way out to their images and to the cluster's API.
  depends_on = [aws_cloudformation_stack.egress, aws_cloudformation_stack.endpoints]
}
