locals {
  a = <<-EOT
    %{for x in y~}
    ${x}
      %{ if   x ==1 ~}
  one
    %{endif ~}
    %{endfor~}
  EOT
}
