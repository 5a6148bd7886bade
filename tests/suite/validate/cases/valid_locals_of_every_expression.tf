variable "list" {
  type    = list(string)
  default = ["a"]
}
locals {
  number      = 1 + 2 * 3 - 4 / 5 % 6
  comparison  = 1 < 2 && 2 >= 1 || !(3 == 4)
  conditional = true ? "a" : "b"
  list        = [1, "a", true, null]
  object      = { a = 1, "b c" = 2, (local.key) = 3, "${local.key}x" = 4 }
  key         = "k"
  for_list    = [for i, x in var.list : "${i}${x}" if x != ""]
  for_object  = { for x in var.list : x => x... }
  splat       = var.list[*]
  index       = var.list[0]
  legacy      = var.list.0
  call        = merge({ a = 1 }, { b = 2 })
  expanded    = max([1, 2]...)
  template    = "%{if true}a%{else}b%{endif}%{for x in var.list}${x}%{endfor}"
  heredoc     = <<EOT
text ${local.key}
EOT
}
