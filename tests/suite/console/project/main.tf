terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

variable "plain" {
  default = "plain"
}

variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}

variable "secret_map" {
  type      = map(string)
  default   = { user = "ann", password = "hunter2" }
  sensitive = true
}

variable "null_string" {
  type    = string
  default = null
}

variable "not_nullable" {
  type     = string
  default  = "fallback"
  nullable = false
}

variable "settings" {
  type = object({
    name  = string
    size  = optional(number, 3)
    tags  = optional(map(string), {})
    inner = optional(object({ on = optional(bool, true), note = optional(string) }), {})
  })
  default = { name = "web" }
}

variable "objects" {
  type = list(object({
    name = string
    port = optional(number)
  }))
  default = [{ name = "a", port = "80" }, { name = "b" }]
}

variable "anything" {
  type    = any
  default = [1, "two", true]
}

variable "list_of_any" {
  type    = list(any)
  default = [1, "two", true]
}

variable "map_of_numbers" {
  type    = map(number)
  default = { b = "2", a = 1 }
}

variable "set_of_strings" {
  type    = set(string)
  default = ["c", "a", "b", "a"]
}

variable "tuple" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}

variable "temporary" {
  type      = string
  default   = "short-lived"
  ephemeral = true
}

locals {
  one    = 1
  name   = "world"
  list   = ["a", "b", "c"]
  people = [{ name = "ann", age = 30 }, { name = "bob", age = 40 }]
  map    = { b = 2, a = 1 }
  nested = { list = [{ id = 1, kids = [{ id = 11 }, { id = 12 }] }, { id = 2, kids = [] }] }
  nil    = null

  greeting        = "Hello, $${name}!"
  list_template   = "%%{ for x in items ~}\n- $${x}\n%%{ endfor ~}\n"
  broken_template = "Hello, $${name"
  number_template = 12
  calls_template  = "$${upper(name)} $${length(items)}"

  heredoc_plain = <<EOT
first
  second
EOT

  heredoc_indented = <<-EOT
    first
      second

    third
  EOT

  heredoc_indented_unevenly = <<-EOT
      first
    second
  	third
  EOT

  heredoc_blank_lines = <<-EOT

    one
  
      two
 
  EOT

  heredoc_empty = <<-EOT
  EOT

  heredoc_interpolated = <<-EOT
    Hello, ${local.name}!
      ${local.one}
    ${join("\n", local.list)}
  EOT

  heredoc_interpolation_at_the_margin = <<-EOT
    text
  ${local.name} at the margin
      deeper
  EOT

  heredoc_directives = <<-EOT
    %{for x in local.list~}
    ${x},
    %{endfor~}
    end
  EOT

  heredoc_directives_without_trim = <<-EOT
    %{for x in local.list}
    ${x},
    %{endfor}
    end
  EOT

  heredoc_if = <<EOT
%{if local.one == 1~}
one
%{else~}
other
%{endif~}
EOT

  heredoc_escapes = <<EOT
$${kept} %%{kept} \n \t "quoted" $ % $$ %%
EOT

  heredoc_trim_left  = <<EOT
a   
   ${~local.name~}   
   b
EOT
  heredoc_of_one_interpolation = <<EOT
${local.one}
EOT

  heredoc_chomped = chomp(<<EOT
x
EOT
  )
  heredoc_with_tabs = <<-EOT
		two tabs
	one tab
	EOT
  nfd = "é"
}

