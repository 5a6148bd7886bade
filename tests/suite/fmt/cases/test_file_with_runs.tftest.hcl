variables {
a=1
bbb="${x}"
}
provider "aws" {
region="x"
}
run "one" {
command=plan
variables {
a=2
}
assert {
condition=local.x==1
error_message="x"
}
expect_failures=[var.a,check.b]
}
run two {
module {
source="./x"
}
}
