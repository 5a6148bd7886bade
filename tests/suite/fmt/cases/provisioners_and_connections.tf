resource "null_resource" "x" {
triggers={a=1}
provisioner "remote-exec" {
inline=["a","b",
"c"]
connection {
type="ssh"
host = "${self.ip}"
timeout="1m"
}
}
provisioner local-exec {
when=destroy
on_failure=continue
command="x"
}
}
