resource "a" "b" {
  x = "${var.x}"
  y {
    z = "${var.z}"
    provisioner "local-exec" {
      command = "${var.c}"
    }
  }
}
