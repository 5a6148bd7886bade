output "url" {
  description = "Where it answers."
  value       = site_static.site.url
}

output "digest" {
  description = "Changes with every file."
  value       = site_static.site.digest
}

output "files" {
  description = "How many files are served."
  value       = site_static.site.files
}
