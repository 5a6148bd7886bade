locals {
  a = <<-EOT
		one
	two
	EOT
}
