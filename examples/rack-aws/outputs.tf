output "url" {
  description = "Where people will find it."
  value       = "https://${var.domain}"
}

output "kubeconfig" {
  description = "The command that lets kubectl talk to the cluster."
  value       = "aws eks update-kubeconfig --region ${var.region} --name ${local.guest ? var.host : module.rack[0].cluster_name}"
}

output "namespace" {
  description = "The namespace in the cluster."
  value       = module.api.namespace
}

output "repositories" {
  description = "Where images are pushed to; none for a guest, which runs its host's."
  value       = local.guest ? {} : module.rack[0].repositories
}

output "bucket" {
  description = "What people upload is here."
  value       = module.api.bucket
}
