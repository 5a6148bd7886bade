output "url" {
  description = "Where the storefront answers."
  value       = "https://${var.domain}"
}

output "services" {
  description = "Each service with its address inside the network."
  value       = { for name, service in module.service : name => service.address }
}

output "subnets" {
  value = module.network.subnets
}
