resource "a" "b" {
dynamic "setting" {
for_each=var.x
iterator=it
labels=["a",it.key]
content {
name=it.value["name"]
longer_value=it.value.v
}
}
}
