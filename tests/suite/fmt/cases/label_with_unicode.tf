resource "été" "日本" {
x = 1
}
