output "url" {
  description = "Where the storefront answers."
  value       = site_static.storefront.url
}

output "public_url" {
  description = "Where people will find it."
  value       = "https://${var.domain}"
}

output "api" {
  description = "Where the catalogue answers."
  value       = "${site_static.api.url}/v1/products.json"
}

output "workers" {
  description = "Who works, by queue."
  value       = { for queue, worker in module.worker : queue => worker.names }
}
