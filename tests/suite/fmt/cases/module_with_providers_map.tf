module "m" {
source="./m"
providers={
aws=aws.east
aws.west = aws.west
}
for_each=local.x
depends_on=[a.b,c.d]
}
