# What was put there is answered, what was generated too, and what is not there with a page of its own.

module "site" {
  source = "../.."

  folder    = "${path.module}/site"
  generated = { "robots.txt" = "User-agent: *\n" }
  documents = { "v1/status.json" = { fine = true } }
  not_found = "404.html"
}

data "http" "page" {
  for_each = toset(["", "v1/status.json", "robots.txt", "nowhere"])
  url      = "${module.site.url}/${each.key}"
}

output "answers" {
  value = { for path, page in data.http.page : path => page.status_code }

  precondition {
    condition     = strcontains(data.http.page[""].response_body, "Hello")
    error_message = "The front page is not served."
  }

  precondition {
    condition     = jsondecode(data.http.page["v1/status.json"].response_body).fine
    error_message = "The document is not served as JSON."
  }

  precondition {
    condition     = data.http.page["nowhere"].status_code == 404 && strcontains(data.http.page["nowhere"].response_body, "Nothing stands here.")
    error_message = "What is not there is not told so."
  }

  precondition {
    condition     = module.site.files == 4
    error_message = "There are ${module.site.files} files."
  }
}
