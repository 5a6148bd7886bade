# The ways out of the private subnets: one gateway for all, or with high availability one in every zone. They have a stack
# of their own, so that more or fewer of them leave the network as it is.

locals {
  egress = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Ways out of ${var.name}"

    Parameters = merge(
      { for letter in keys(local.homes) : "PublicSubnet${letter}" => { Type = "AWS::EC2::Subnet::Id" } },
      { for letter in keys(local.zones) : "PrivateRoutes${letter}" => { Type = "String" } },
    )

    Resources = merge(
      {
        for letter in keys(local.homes) : "Address${letter}" => {
          Type       = "AWS::EC2::EIP"
          Properties = { Domain = "vpc", Tags = [{ Key = "Name", Value = "${var.name}-${lower(letter)}" }] }
        }
      },
      {
        for letter in keys(local.homes) : "Gateway${letter}" => {
          Type = "AWS::EC2::NatGateway"
          Properties = {
            AllocationId = { "Fn::GetAtt" = ["Address${letter}", "AllocationId"] }
            SubnetId     = { Ref = "PublicSubnet${letter}" }
            Tags         = [{ Key = "Name", Value = "${var.name}-${lower(letter)}" }]
          }
        }
      },
      {
        for letter in keys(local.zones) : "WayOut${letter}" => {
          Type = "AWS::EC2::Route"
          Properties = {
            RouteTableId         = { Ref = "PrivateRoutes${letter}" }
            DestinationCidrBlock = "0.0.0.0/0"
            NatGatewayId         = { Ref = "Gateway${var.high_availability ? letter : local.first}" }
          }
        }
      },
    )

    Outputs = {
      Addresses = { Value = { "Fn::Join" = [",", [for letter in keys(local.homes) : { Ref = "Address${letter}" }]] } }
    }
  }
}

resource "aws_cloudformation_stack" "egress" {
  name     = "${var.name}-egress"
  template = local.egress
  tags     = var.tags

  parameters = { for name in keys(local.egress.Parameters) : name => aws_cloudformation_stack.network.outputs[name] }
}
