resource "a" "b" {
provisioner "local-exec" {
command = <<-EOT
echo one
    echo two
EOT
when = destroy
}
}
