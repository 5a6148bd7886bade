output "vpc_id" {
  description = "The network."
  value       = aws_cloudformation_stack.network.outputs["VpcId"]
}

output "public_subnet_ids" {
  description = "The subnets that the world can reach."
  value       = split(",", aws_cloudformation_stack.network.outputs["PublicSubnetIds"])
}

output "private_subnet_ids" {
  description = "The subnets of nodes and pods."
  value       = split(",", aws_cloudformation_stack.network.outputs["PrivateSubnetIds"])
}

output "addresses" {
  description = "The addresses that the environment has for the world when it goes out."
  value       = split(",", aws_cloudformation_stack.egress.outputs["Addresses"])
}

output "cluster_name" {
  description = "The cluster, as in aws eks update-kubeconfig --name."
  value       = aws_eks_cluster.cluster.name
}

output "cluster_endpoint" {
  description = "Where the cluster's API answers."
  value       = aws_eks_cluster.cluster.endpoint
}

output "cluster_certificate" {
  description = "The certificate that the cluster's API is known by, in base64."
  value       = aws_eks_cluster.cluster.certificate_authority[0].data
}

output "node_groups" {
  description = "The names of the groups of nodes, by pool and zone."
  value       = { for key, group in aws_eks_node_group.nodes : key => group.node_group_name }
}

output "repositories" {
  description = "Where images are pushed to, by repository."
  value       = { for id, name in local.repositories : name => aws_cloudformation_stack.registry[0].outputs[id] }
}

output "database" {
  description = "Where the database answers, and where its password is: address, port, name, user, secret_arn."
  value = {
    address    = aws_cloudformation_stack.database.outputs["Address"]
    port       = aws_cloudformation_stack.database.outputs["Port"]
    name       = var.database_name
    user       = "postgres"
    secret_arn = aws_cloudformation_stack.database.outputs["SecretArn"]
  }
}

output "log_groups" {
  description = "The log groups, by what writes into them."
  value       = local.log_groups
}
