resource "a\tb" "c\"d" {
}
resource "\u00e9" "$${x}" {
}
resource "%%{x}" "$x%y" {}
