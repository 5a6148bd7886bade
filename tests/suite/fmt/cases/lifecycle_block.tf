resource "a" "b" {
lifecycle {
create_before_destroy=true
ignore_changes=[tags["x"],name]
replace_triggered_by=[a.c.id]
precondition {
condition=true
error_message="x"
}
}
}
lifecycle {
  ignore_changes = ["tags"]
}
