output "replicas" {
  description = "The names of the replicas."
  value       = module.api.names
}

output "urls" {
  description = "Where each replica answers."
  value       = module.api.urls
}
