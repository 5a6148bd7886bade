ephemeral "terraform_nope" "x" {
}
