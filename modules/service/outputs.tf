output "names" {
  description = "The names of the replicas."
  value       = local.names
}

output "urls" {
  description = "Where each replica answers; null without a port."
  value       = process_service.replica[*].url
}

output "pids" {
  description = "The processes, by the name of the replica."
  value       = { for index, name in local.names : name => process_service.replica[index].pid }
}
